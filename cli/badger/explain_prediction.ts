import { selectBadgerRows } from "../../datasets/badger/select_badger.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { UserError } from "../../datasets/user_error.ts";
import { type AttentionMap, type BadgerAttention, BadgerTask } from "../../models/badger/task.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { resultParameters } from "../result_parameters.ts";
import { readRankingConfig } from "../run_folder.ts";
import { tuningOfRun } from "../../runs/tuning.ts";
import { openEngine } from "./open_engine.ts";
import { withTrained } from "./predict_ranking.ts";
import { prepareRankingRun } from "./prepare_ranking_run.ts";
import { type CellChoice, queryCell } from "./query_cell.ts";
import { appendQueries } from "./query_rows.ts";
import { drugFrom } from "./rank_genes.ts";

/** Attention of one prediction, averaged over heads. */
export interface MeanAttention {
  /** [pathways, fragments], [genes, pathways]; absent in BADGER light. */
  readonly pathwayFragment?: Float64Array;
  readonly genePathway?: Float64Array;
  /** [genes, fragments]: BADGER light looks straight at them. */
  readonly geneFragment?: Float64Array;
  /** [genes, genes], rows ask; absent without gene-gene block. */
  readonly geneGene?: Float64Array;
}

/** What a prediction of BADGER rests on, as far as its attention tells. */
export interface Explanation {
  readonly config: RankingRunConfig;
  readonly drug: { readonly name: string; readonly smiles: string };
  readonly cell: string;
  readonly genes: readonly string[];
  readonly pathways: readonly string[];
  /** Pathways that the data name as the drug's own. */
  readonly knownPathways: ReadonlySet<string>;
  readonly fragments: readonly ExplainedFragment[];
  readonly scores: Float32Array;
  readonly attention: MeanAttention;
  /** Every head by itself, as the model made it. */
  readonly maps: BadgerAttention["maps"];
}

/** A fragment of the drug. */
export interface ExplainedFragment {
  readonly smiles: string;
  /** Atoms of the molecule; empty where the fragment could not be placed. */
  readonly atoms: readonly number[];
  /** Mean attention that pathways (or genes, in BADGER light) pay it. */
  readonly attention: number;
  /** Root mean square change of the scores when it is left out, over that of the scores; null for an only fragment. */
  readonly effect: number | null;
}

/**
 * Explains a prediction by a run of BADGER or BADGER light.
 *
 * @throws {UserError} for a run of another model, an unknown cell line, or a drug that is neither known nor a SMILES.
 */
export async function explainPrediction(
  run: string,
  choice: CellChoice,
  drugText: string,
): Promise<Explanation> {
  const config = await readRankingConfig(run);
  const { family } = config.model;
  if (family !== "badger" && family !== "badger-light") {
    throw new UserError(
      `${run} is a run of ${family}, whose attention is not explained; give one of badger or badger-light.`,
    );
  }
  const parameters = await resultParameters(run);
  const { data, split } = await prepareRankingRun(config);
  const cell = await queryCell(config, data, choice);
  const chemistry = await Chemistry.load();
  const drug = drugFrom(drugText, data, chemistry);
  const queried = appendQueries(data, config, chemistry, cell, [drug]);
  const whole = queried.data.drugs.at(-1)!;
  // Rows after the first leave out one fragment each.
  const ablated = whole.fragments.length > 1
    ? whole.fragmentBits.map((_, gone) => ({
      ...whole,
      fragments: whole.fragments.filter((_, k) => k !== gone),
      fragmentBits: whole.fragmentBits.filter((_, k) => k !== gone),
    }))
    : [];
  const shown = withDrugs(queried.data, queried.rows[0], [whole, ...ablated]);

  using device = await openEngine(await tuningOfRun(run));
  const { attention, effects } = await withTrained(
    device.engine,
    config,
    shown,
    split.train,
    parameters,
    async (task) => {
      if (!(task instanceof BadgerTask)) throw new Error("not a BADGER task");
      const attention = await task.attention(0);
      const rows = Uint32Array.from(ablated, (_, k) => k + 1);
      const changed = rows.length > 0 ? await task.predict(rows) : new Float32Array();
      const { prediction } = attention;
      return {
        attention,
        effects: ablated.map((_, k) =>
          distance(changed.subarray(k * prediction.length, (k + 1) * prediction.length), prediction)
        ),
      };
    },
  );
  const mean = meanAttention(attention);
  const { fragments } = whole;
  const looks = mean.pathwayFragment ?? mean.geneFragment!;
  const queries = looks.length / fragments.length;
  const known = data.drugs.findIndex(({ smiles }) => smiles === drug.smiles);
  const { pathways } = data;
  const atoms = placeFragments(chemistry, drug.smiles, fragments);
  return {
    config,
    drug,
    cell: cell.name,
    genes: data.genes,
    pathways: mean.genePathway ? pathways!.names : [],
    knownPathways: new Set(
      known < 0
        ? []
        : pathways?.names.filter((_, k) => pathways.labels[known * pathways.names.length + k] > 0),
    ),
    fragments: fragments.map((smiles, k) => ({
      smiles,
      atoms: atoms[k],
      attention: looks.reduce((sum, value, at) => at % fragments.length === k ? sum + value : sum, 0) /
        queries,
      effect: effects[k] ?? null,
    })),
    scores: attention.prediction,
    attention: mean,
    maps: attention.maps,
  };
}

/**
 * Atoms of each fragment, none in two: small fragments fit in many places, so the large ones are placed first and the small
 * ones take what is left.
 */
function placeFragments(chemistry: Chemistry, smiles: string, fragments: readonly string[]): number[][] {
  const taken = new Set<number>();
  const placed: number[][] = fragments.map(() => []);
  const size = (fragment: string) => chemistry.parse(fragment)?.atoms.length ?? 0;
  const order = Array.from(fragments.keys()).sort((a, b) => size(fragments[b]) - size(fragments[a]));
  for (const fragment of order) {
    placed[fragment] = chemistry.fragmentAtoms(smiles, fragments[fragment]).filter((atom) =>
      !taken.has(atom)
    );
    for (const atom of placed[fragment]) taken.add(atom);
  }
  return placed;
}

/** A data set of one row repeated, each time with another drug. */
function withDrugs(data: BadgerData, row: number, drugs: BadgerData["drugs"]): BadgerData {
  const rows = selectBadgerRows(data, drugs.map(() => row));
  return { ...rows, drugs, drugOfRow: Uint32Array.from(drugs, (_, drug) => drug) };
}

/** |a - b| / |b|, Euclidean. */
function distance(a: Float32Array, b: Float32Array): number {
  let difference = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

function meanAttention({ maps, fragments }: BadgerAttention): MeanAttention {
  const cut = (name: string, keys?: number) => {
    const map = maps.get(name);
    return map && meanOverHeads(map, keys ?? map.keys);
  };
  const sign = maps.get("sign_mab.1");
  return {
    pathwayFragment: cut("path_mab.1", fragments),
    // The pseudo token is the last key.
    genePathway: sign && meanOverHeads(sign, sign.keys - 1),
    geneFragment: cut("xros_mab.1", fragments),
    geneGene: cut("gene_sab.1"),
  };
}

/** [queries, kept]: the first `kept` keys. */
function meanOverHeads({ heads, queries, keys, weights }: AttentionMap, kept: number): Float64Array {
  const mean = new Float64Array(queries * kept);
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < queries; query++) {
      for (let key = 0; key < kept; key++) {
        mean[query * kept + key] += weights[(head * queries + query) * keys + key] / heads;
      }
    }
  }
  return mean;
}
