import { join } from "node:path";
import { z } from "zod";
import type { Dataset } from "../../dataset.ts";
import { piecesOf } from "../../matrix.ts";
import { csvLine } from "../../readers/csv_line.ts";
import { ppiFromEdges } from "../../readers/ppi_graph.ts";
import { readPpiEdges } from "../../readers/read_ppi_edges.ts";
import { writeFileAtomic } from "../../readers/write_file_atomic.ts";
import type { PpiGraph } from "../../types.ts";
import { UserError } from "../../user_error.ts";
import { keepGenes } from "../common/kept_genes.ts";
import type { ProfileInputs } from "./inputs.ts";
import type { ProfileSettings } from "./settings.ts";
import { system } from "../../../host/system.ts";
import { jsonOfText } from "../../../host/json_text.ts";

const names = { edges: "ppi_edges.csv", ranges: "ranges.json" } as const;

const range = z.object({ least: z.number(), most: z.number(), commonest: z.number() });

const rangesSchema = z.object({
  /** µM. */
  dose: range,
  /** Hours. */
  time: range,
  /** Of all values of the basal profiles. */
  basal: z.object({ mean: z.number(), deviation: z.number() }),
});

/** What a run was trained on, in a few numbers: by them a question is judged plausible. */
export type TrainedRanges = z.infer<typeof rangesSchema>;

/** Writes into a run folder what a question needs when the data are gone. */
export async function keepProfiles(run: string, data: Dataset<ProfileInputs>): Promise<void> {
  await keepGenes(run, data.inputs.genes);
  await writeFileAtomic(join(run, names.edges), edgeLines(data.inputs.ppi));
  await writeFileAtomic(join(run, names.ranges), JSON.stringify(rangesOf(data), null, 2) + "\n");
}

/** The interactions that a run was trained with. */
export async function keptInteractions(
  run: string,
  genes: readonly string[],
  { ppi, ppiIdentity: identity }: ProfileSettings,
): Promise<PpiGraph> {
  if (ppi === "none" || ppi === "identity") return ppiFromEdges(genes, [], { identity: ppi === "identity" });
  const path = join(run, names.edges);
  const text = await system.readTextFile(path).catch(() => undefined);
  // A run without a single edge among its genes keeps the header alone.
  if (text?.trim() === csvLine(["source", "target"]).trim()) return ppiFromEdges(genes, [], { identity });
  return await readPpiEdges(path, genes, { identity });
}

/** What a run was trained on; undefined for a run that kept none. */
export async function keptRanges(run: string): Promise<TrainedRanges | undefined> {
  const text = await system.readTextFile(join(run, names.ranges)).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return rangesSchema.parse(jsonOfText(text));
  } catch {
    throw new UserError(
      `${join(run, names.ranges)}: the file is damaged; restore it, or remove it to do without its checks.`,
    );
  }
}

/** The ranges of a table. */
export function rangesOf({ dose, time, inputs: { basal } }: Dataset<ProfileInputs>): TrainedRanges {
  let sum = 0, squares = 0;
  for (const piece of piecesOf(basal)) {
    for (const value of piece) {
      sum += value;
      squares += value * value;
    }
  }
  const count = basal.rows * basal.columns, mean = sum / count;
  return {
    dose: rangeOf(dose),
    time: rangeOf(time),
    basal: { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) },
  };
}

function rangeOf(values: Float32Array) {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [commonest] = [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best);
  const distinct = [...counts.keys()].sort((a, b) => a - b);
  return { least: distinct[0], most: distinct.at(-1)!, commonest };
}

function* edgeLines({ genes, indptr, indices }: PpiGraph): Generator<string> {
  yield csvLine(["source", "target"]);
  for (let row = 0; row < genes.length; row++) {
    for (const column of indices.subarray(indptr[row], indptr[row + 1])) {
      if (column > row) yield csvLine([genes[row], genes[column]]);
    }
  }
}
