import type { Dataset } from "../../../datasets/dataset.ts";
import type { ProfileInputs } from "../../../datasets/layouts/basal_profiles/inputs.ts";
import { type GeneSet, readGmt } from "../../../datasets/formats/gmt.ts";
import { benjaminiHochberg } from "../../../datasets/statistics/benjamini_hochberg.ts";
import { type EnrichedSet, enrichedSets } from "../../../datasets/statistics/enrichment.ts";
import { type TTest, welchTTest } from "../../../datasets/statistics/t_tests.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { configure } from "../../configure.ts";
import { readData } from "../../prepare.ts";
import { drugUnit, withRun } from "../../open_run.ts";

/** What the profiles that a CSG2A run predicts for a response screen are asked. */
export interface ResponseWish {
  /** A finished run of csg2a. */
  readonly run: string;
  /** Folder of responses: basal profile, drug, ln IC50. */
  readonly data: string;
  /** Absent: every drug with enough samples. */
  readonly drugs?: readonly string[];
  readonly gmt?: readonly string[];
  /** Share of a drug's samples at either end of the response. */
  readonly share?: number;
}

/** A gene between sensitive and resistant samples. */
export interface ChangedGene {
  readonly gene: string;
  /** Mean predicted expression of the sensitive samples less that of the resistant ones. */
  readonly difference: number;
  readonly p: number;
  readonly adjusted: number;
}

/** One drug of a response screen as the pretrained network sees it. */
export interface DrugChanges {
  readonly drug: string;
  readonly sensitive: number;
  readonly resistant: number;
  /** By p. */
  readonly genes: readonly ChangedGene[];
  /** Gene sets among genes that are higher, and lower, in the sensitive samples (adjusted p below 0.05). */
  readonly up: readonly EnrichedSet[];
  readonly down: readonly EnrichedSet[];
  /** Euclidean distances of basal and predicted profile, and whether those of the sensitive samples are larger (Welch, one-sided). */
  readonly distance: { readonly sensitive: number; readonly resistant: number; readonly test: TTest };
}

/** Fewest samples of either end. */
const fewest = 3;
/** Below it, after adjustment, a gene counts as changed. */
const level = 0.05;

/**
 * Predicted profiles of sensitive against resistant samples of each drug: a Welch test a gene with adjusted p-values, gene sets among
 * what rises and falls (csg2a.md 1.2 number 9), and the distance that a profile moves (number 7). The run is the pretrained network: it has
 * seen no response.
 *
 * @throws {UserError} when the run predicts no profile, or no drug has three samples at either end.
 */
export async function studyResponseChanges(wish: ResponseWish): Promise<{
  readonly drugs: readonly DrugChanges[];
  readonly skipped: number;
  readonly responses: Dataset;
}> {
  const sets = (await Promise.all((wish.gmt ?? []).map((file) => readGmt(file, { number: true })))).flat();
  const { share = 0.25 } = wish;
  let responses: Dataset | undefined;
  return await withRun(
    wish.run,
    async ({ predictor, prepared }) => {
      const data = responses!, { names: genes } = prepared.data.outputs;
      const units = wish.drugs?.map((text) => drugUnit(data, text)) ?? [...data.drug.ids.keys()];
      const drugs: DrugChanges[] = [];
      for (const unit of units) {
        const ends = endsOf(data, unit, share);
        if (ends) {
          drugs.push(await changesOf(data, unit, ends, genes, (rows) => predictor.predict(rows), sets));
        }
      }
      if (drugs.length === 0) {
        throw new UserError(
          `${wish.data}: no drug asked for has ${fewest} samples in either ${
            Math.round(100 * share)
          } % of its responses; choose others, or a larger share.`,
        );
      }
      return { drugs, skipped: units.length - drugs.length, responses: data };
    },
    async ({ config, data }) => {
      if (config.model !== "csg2a") {
        throw new UserError(
          `${wish.run} is a run of ${config.model}, expected one of csg2a, which predicts profiles.`,
        );
      }
      // Interactions are those that the run was trained with, wherever the responses lie.
      const reading = { ...config.reading, ppi: "none", minScore: null, ppiAliases: null };
      const asked = await configure({ model: "csg2a-response", data: wish.data, reading });
      responses = await readData(asked, data.outputs.names);
      const inputs = { ...responses.inputs as ProfileInputs, ppi: (data.inputs as ProfileInputs).ppi };
      // What the response folder says of a sample is all that the pretrained network looks at.
      return { ...responses, inputs, layout: "profiles", outputs: data.outputs, truth: undefined };
    },
  );
}

/** The samples of lowest and of highest response of a drug. */
function endsOf(data: Dataset, unit: number, share: number) {
  const rows = Uint32Array.from({ length: data.rows }, (_, row) => row).filter((row) =>
    data.drug.of[row] === unit
  );
  const count = Math.floor(share * rows.length);
  if (count < fewest) return undefined;
  const values = data.truth!.take(rows);
  const order = Array.from(rows.keys()).sort((a, b) => values[a] - values[b]);
  const some = (places: number[]) => Uint32Array.from(places, (at) => rows[at]);
  return { sensitive: some(order.slice(0, count)), resistant: some(order.slice(-count)) };
}

async function changesOf(
  data: Dataset,
  unit: number,
  { sensitive, resistant }: { readonly sensitive: Uint32Array; readonly resistant: Uint32Array },
  genes: readonly string[],
  predict: (rows: Uint32Array) => Promise<Float32Array>,
  sets: readonly GeneSet[],
): Promise<DrugChanges> {
  const high = await predict(sensitive), low = await predict(resistant), n = genes.length;
  const column = (values: Float32Array, gene: number) =>
    Array.from({ length: values.length / n }, (_, row) => values[row * n + gene]);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const tested = genes.map((gene, at) => {
    const [a, b] = [column(high, at), column(low, at)];
    const { p } = welchTTest(a, b);
    // Profiles that do not differ at all have no spread to test by.
    return { gene, difference: mean(a) - mean(b), p: Number.isNaN(p) ? 1 : p };
  });
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  const changed = tested.map((one, at) => ({ ...one, adjusted: adjusted[at] }));
  const enriched = (sign: 1 | -1) =>
    enrichedSets(
      changed.filter(({ difference, adjusted }) => adjusted < level && sign * difference > 0).map((
        { gene },
      ) => gene),
      genes,
      sets,
    );
  const distances = (rows: Uint32Array, predicted: Float32Array) => {
    const basal = data.basal!.take(rows);
    return Array.from(rows, (_, row) => {
      let squares = 0;
      for (let at = row * n; at < (row + 1) * n; at++) squares += (predicted[at] - basal[at]) ** 2;
      return Math.sqrt(squares);
    });
  };
  const [moved, stayed] = [distances(sensitive, high), distances(resistant, low)];
  return {
    drug: data.drug.names[unit],
    sensitive: sensitive.length,
    resistant: resistant.length,
    genes: changed.toSorted((a, b) => a.p - b.p),
    up: enriched(1),
    down: enriched(-1),
    distance: { sensitive: mean(moved), resistant: mean(stayed), test: welchTTest(moved, stayed, "greater") },
  };
}
