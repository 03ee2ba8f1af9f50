import { readGmt } from "../../../datasets/formats/gmt.ts";
import { readMechanisms } from "../../../datasets/evaluation/read_mechanisms.ts";
import type { ProfileInputs } from "../../../datasets/layouts/basal_profiles/inputs.ts";
import { enrichedSets } from "../../../datasets/statistics/enrichment.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { topPairs } from "../../../models/csg2a/attention_maps.ts";
import { mapCorrelation } from "../../../models/csg2a/map_correlation.ts";
import type { AttentionStudy, DrugAttention, MapPair } from "../../../report/attention_study.ts";
import { drugUnit, type OpenRun, withRun } from "../../open_run.ts";

/** What the attention of a CSG2A run is asked. */
export interface AttentionWish {
  /** A finished run of csg2a or csg2a-response. */
  readonly run: string;
  /** By name, SMILES or identity. */
  readonly drugs: readonly string[];
  /** Gene sets. */
  readonly gmt: readonly string[];
  /** Table of drugs and mechanisms, for correlations within and across them. */
  readonly clusters?: string;
  /** Pairs whose genes are tested: 1,000 in the paper. */
  readonly top?: number;
  /** Share of a drug's samples with the lowest response that are `potent`: a quarter in the paper. */
  readonly potentShare?: number;
  readonly title?: string;
  readonly command?: string;
}

/**
 * Mean attention maps of drugs over their test samples, the genes of the strongest pairs against gene sets, and how alike the maps of
 * two drugs are, within and across mechanisms, with and without the interaction graph (csg2a.md 1.2 number 8, 4.4).
 *
 * @throws {UserError} for another model, an unknown drug, or one without a test sample.
 */
export async function studyAttention(wish: AttentionWish): Promise<AttentionStudy> {
  const sets = (await Promise.all(wish.gmt.map((file) => readGmt(file, { number: true })))).flat();
  return await withRun(wish.run, async (open) => {
    const { prepared, predictor } = open;
    const { config, data } = prepared;
    if (!config.model.startsWith("csg2a") || !predictor.explain) {
      throw new UserError(
        `${wish.run} is a run of ${config.model}: it has no gene-gene attention; give a run of csg2a or csg2a-response.`,
      );
    }
    const { genes, ppi } = data.inputs as ProfileInputs;
    const graph = denseGraph(ppi, genes.length);
    const { top = 1000, potentShare = 0.25 } = wish;
    const drugs: (DrugAttention & { readonly map: Float64Array; readonly unit: number })[] = [];
    for (const text of wish.drugs) {
      const unit = drugUnit(data, text);
      const rows = prepared.split.test.filter((row) => data.drug.of[row] === unit);
      if (rows.length === 0) {
        throw new UserError(
          `${
            data.drug.names[unit]
          } has no row in the test part of ${wish.run} (${prepared.split.name}); choose another drug.`,
        );
      }
      const map = await meanMap(open, rows);
      const potent = potentRows(open, rows, potentShare);
      const listed = (of: Float64Array) => {
        const pairs = topPairs(of, genes.length, top);
        const drawn = new Set(pairs.flatMap(({ i, j }) => [genes[i], genes[j]]));
        return {
          pairs: pairs.map(({ i, j, score }) => ({
            genes: [genes[i], genes[j]] as const,
            score,
            inGraph: graph[i * genes.length + j] === 1,
          })),
          genes: drawn.size,
          sets: enrichedSets(drawn, genes, sets),
        };
      };
      drugs.push({
        drug: data.drug.names[unit],
        samples: rows.length,
        ...listed(map),
        ...(potent ? { potent: { samples: potent.length, ...listed(await meanMap(open, potent)) } } : {}),
        map,
        unit,
      });
    }
    const mechanisms = wish.clusters === undefined
      ? undefined
      : await readMechanisms(wish.clusters, data.drug);
    const groupOf = ({ unit }: { unit: number }) => mechanisms?.clusters.get(data.drug.ids[unit]);
    const pairs = drugs.flatMap((a, at) =>
      drugs.slice(at + 1).map((b): MapPair => {
        const correlation = (entries: "full" | "off-diagonal", without?: Uint8Array) =>
          mapCorrelation(a.map, b.map, genes.length, entries, without);
        const [own, other] = [groupOf(a), groupOf(b)];
        return {
          drugs: [a.drug, b.drug],
          mechanism: own === undefined || other === undefined
            ? "unknown"
            : own === other
            ? "same"
            : "different",
          full: correlation("full"),
          offDiagonal: correlation("off-diagonal"),
          withoutGraph: correlation("full", graph),
          offDiagonalWithoutGraph: correlation("off-diagonal", graph),
        };
      })
    );
    return {
      title: wish.title ?? "Attention of CSG2A",
      run: wish.run,
      split: prepared.split.name,
      seed: config.seed,
      fingerprint: data.fingerprint,
      genes,
      top,
      potentShare,
      drugs: drugs.map(({ map, unit: _, ...drug }) => ({ ...drug, heat: heatOf(map, drug.pairs, genes) })),
      maps: pairs,
      notes: mechanisms ? [mechanisms.note] : [],
      command: wish.command ?? "",
    };
  });
}

/** Over rows of all doses and times: each condition has a mean of its own, weighted by its rows. */
async function meanMap({ prepared: { data }, predictor }: OpenRun, rows: Uint32Array): Promise<Float64Array> {
  const conditions = Map.groupBy(rows, (row) => `${data.dose[row]} ${data.time[row]}`);
  let mean: Float64Array | undefined;
  for (const some of conditions.values()) {
    const { maps: { "gene-gene": map } } = await predictor.explain!(Uint32Array.from(some));
    mean ??= new Float64Array(map!.values.length);
    const weight = some.length / rows.length;
    for (let at = 0; at < mean.length; at++) mean[at] += weight * map!.values[at];
  }
  return mean!;
}

/** Samples with the lowest response; undefined where what is predicted is no response. */
function potentRows(
  { prepared: { data } }: OpenRun,
  rows: Uint32Array,
  share: number,
): Uint32Array | undefined {
  if (data.outputs.kind !== "response" || !data.truth) return undefined;
  const values = data.truth.take(rows);
  const order = Array.from(rows.keys()).sort((a, b) => values[a] - values[b]);
  return Uint32Array.from(order.slice(0, Math.max(1, Math.floor(share * rows.length))), (at) => rows[at])
    .sort();
}

function denseGraph({ indptr, indices }: ProfileInputs["ppi"], genes: number): Uint8Array {
  const graph = new Uint8Array(genes * genes);
  for (let gene = 0; gene < genes; gene++) {
    for (const other of indices.subarray(indptr[gene], indptr[gene + 1])) graph[gene * genes + other] = 1;
  }
  return graph;
}

/** The genes that occur most often among the strongest pairs, and the map among them. */
function heatOf(
  map: Float64Array,
  pairs: DrugAttention["pairs"],
  genes: readonly string[],
): DrugAttention["heat"] {
  const counts = new Map<string, number>();
  for (const { genes: own } of pairs) for (const gene of own) counts.set(gene, (counts.get(gene) ?? 0) + 1);
  const shown = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 24).map(([gene]) => gene);
  const at = shown.map((gene) => genes.indexOf(gene));
  return { genes: shown, values: at.flatMap((i) => at.map((j) => map[i * genes.length + j])) };
}
