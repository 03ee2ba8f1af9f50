import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";
import { system } from "../../host/system.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { modelNamed } from "../../models/registry.ts";
import type { RunReport } from "../../report/run_report.ts";
import type { Stratum, StudySource } from "../../report/study_report.ts";
import { version } from "../environment.ts";
import { type EvaluationWish, type ModelTable, tableOfModels } from "../evaluate.ts";
import { strataOf } from "./strata.ts";
import type { StudyCell } from "./tasks.ts";

/** What the models of one cell were judged to be, one entry a model in each list. */
export interface JudgedCell {
  /** Their names in the table that they were judged in, before labels. */
  readonly names: readonly string[];
  readonly roles: ModelTable["roles"];
  /** Under their labels. */
  readonly reports: readonly RunReport[];
  /** By mechanism, where a table of them was given. */
  readonly strata?: readonly (readonly Stratum[])[];
  readonly source: StudySource;
  readonly testRows: number;
}

const format = "perturbine judged 1";
const kept = z.looseObject({ format: z.literal(format), of: z.string() });

/** What the models of a cell are called: two of one model have labels. */
export function namesOf({ models }: StudyCell): string[] {
  return models.map(({ label, model }) => label ?? modelNamed(model).title);
}

/**
 * Judges the finished runs of a cell. Their test rows are predicted again, intact and disturbed, which takes minutes for a network; what
 * comes out is kept beside the runs (`judged.json`) and used again while runs and table of mechanisms are the same, so that a study that
 * is stopped while it is put together goes on there.
 */
export async function judgedCell(
  cell: StudyCell,
  options: Pick<EvaluationWish, "clusters" | "command">,
): Promise<JudgedCell> {
  const runs = cell.models.map(({ runs }) => runs.map(({ path }) => path));
  const path = `${dirname(dirname(runs[0][0]))}/judged.json`, of = await keyOf(cell, runs.flat(), options);
  const found = await readKept(path, of);
  if (found) return found;
  const judged = judgedBy(await tableOfModels(runs, options), cell);
  await writeFileAtomic(path, JSON.stringify({ format, of, ...judged }, withOddNumbers) + "\n");
  return judged;
}

function judgedBy(table: ModelTable, cell: StudyCell): JudgedCell {
  const { prepared, names, roles, mechanisms } = table, { data, split } = prepared;
  const reports = names.map((_, at) => labelled(table.judge(at), names, namesOf(cell)));
  return {
    names,
    roles,
    reports,
    ...(mechanisms ? { strata: reports.map((report) => strataOf(report, prepared, mechanisms)) } : {}),
    source: {
      data: data.name,
      rows: data.rows,
      fingerprint: data.fingerprint,
      files: data.files.map(({ name, sha256 }) => ({ name, sha256 })),
    },
    testRows: split.test.length,
  };
}

/** Controls called after their model's label: two of one model are told apart by it. */
function labelled(report: RunReport, names: readonly string[], labels: readonly string[]): RunReport {
  const predictions = report.predictions.map((one) => {
    const of = names.findIndex((name) => one.name.startsWith(`${name}, `));
    return of < 0 ? one : { ...one, name: labels[of] + one.name.slice(names[of].length) };
  });
  return { ...report, predictions };
}

/** Changes when a run is another, or what it is judged by. */
async function keyOf(
  cell: StudyCell,
  runs: readonly string[],
  { clusters }: Pick<EvaluationWish, "clusters">,
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([version, namesOf(cell), runs.length]));
  for (const run of runs) hash.update(await system.readFile(`${run}/results.json`));
  // One that cannot be read is refused where it is used.
  if (clusters !== undefined) hash.update(await system.readFile(clusters).catch(() => clusters));
  return hash.digest("hex");
}

/** What was kept for these runs; undefined where nothing was, or for others. */
async function readKept(path: string, of: string): Promise<JudgedCell | undefined> {
  try {
    const found = kept.parse(JSON.parse(await system.readTextFile(path), oddNumbers));
    // Written by this program from the same type.
    return found.of === of ? found as unknown as JudgedCell : undefined;
  } catch {
    return undefined;
  }
}

/** JSON has no NaN and no infinity, which metrics may be. */
function withOddNumbers(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}

function oddNumbers(_: string, value: unknown): unknown {
  const odd = (value as { number?: unknown } | null)?.number;
  return odd === "NaN" || odd === "Infinity" || odd === "-Infinity" ? Number(odd) : value;
}
