import { kendallTau } from "./kendall_tau.ts";
import type { Metric } from "./metric.ts";
import type { MetricRow, RankedList } from "./metric_row.ts";
import { averagePrecision, ndcg, topOverlap } from "./ranking.ts";

const source = "badger.md 1.1";

/** Size of the true top in precision@k and average precision: 200, or half of the genes where they are fewer than 400. */
function trueTop(genes: number): number {
  return Math.min(200, Math.floor(genes / 2));
}

interface End {
  readonly name: "Up" | "Down";
  readonly word: string;
  order(list: RankedList): Uint32Array;
  ranks(list: RankedList): Uint32Array;
  values(list: RankedList): Float32Array;
}

const ends: readonly End[] = [
  {
    name: "Up",
    word: "up",
    order: ({ order }) => order,
    ranks: ({ ranks }) => ranks,
    values: ({ values }) => values,
  },
  {
    name: "Down",
    word: "down",
    order: ({ ascending }) => ascending,
    ranks: ({ ascendingRanks }) => ascendingRanks,
    values: ({ values }) => values.map((value) => -value),
  },
];

/** Normalised discounted cumulative gain, average precision and Kendall's tau of signatures. */
export function rankingMetrics(truthTop: (genes: number) => number = trueTop): Metric[] {
  return [
    ...ends.flatMap((end): Metric[] => [
      ranking(
        `ndcg${end.name}`,
        `NDCG of ${end.word}-regulated genes`,
        `NDCG ${end.word}`,
        ({ values, truth }) =>
          ndcg(
            end.values(values),
            end.values(truth.values),
            end.order(values),
            end.order(truth.values),
          ),
      ),
      ranking(
        `map${end.name}`,
        `Average precision of the true ${end.word}-regulated genes`,
        `MAP ${end.word}`,
        ({ values, truth }) => {
          const count = truth.values.values.length;
          const positive = new Uint8Array(count);
          for (const gene of end.order(truth.values).subarray(0, truthTop(count))) positive[gene] = 1;
          return averagePrecision(end.values(values), positive, end.order(values));
        },
      ),
    ]),
    ranking(
      "kendallTau",
      "Kendall's tau-b",
      "Kendall τ",
      ({ values, truth }) => kendallTau(values.values, truth.values.values, values.order),
    ),
  ];
}

/** The k highest predicted genes among the true ones: within the `trueTop` (BADGER) and, as lists of one length, of the change. */
export function topMetrics(k: number, truthTop: (genes: number) => number = trueTop): Metric[] {
  const least = 2 * k;
  return [
    ...ends.map((end): Metric => ({
      ...ranking(
        `precision${end.name}${k}`,
        `Share of the ${k} genes predicted most ${end.word} that are truly among the 200`,
        `P@${k} ${end.word}`,
        ({ values, truth }) =>
          topOverlap(end.order(values), end.ranks(truth.values), k, truthTop(values.values.length)).precision,
      ),
      least,
    })),
    ...[
      ...ends,
      {
        name: "Magnitude",
        word: "changed",
        order: (list: RankedList) => list.byMagnitude,
        ranks: (list: RankedList) => list.magnitudeRanks,
      } as const,
    ].flatMap((end): Metric[] => {
      const overlap = ({ change, truth }: MetricRow) =>
        topOverlap(end.order(change), end.ranks(truth.change), k, k);
      const of = (
        name: string,
        title: string,
        short: string,
        perRow: (row: MetricRow) => number,
      ): Metric => ({
        ...ranking(
          `${name}${end.name}${k}`,
          `${title} of the ${k} genes ${end.word} most, true and predicted`,
          `${short}@${k} ${end.word}`,
          perRow,
        ),
        kinds: ["profile", "signature"],
        needs: "control",
        least,
      });
      return [
        of("hitRatio", "Overlap", "Hits", (row) => overlap(row).precision),
        of("jaccard", "Jaccard index", "Jaccard", (row) => overlap(row).jaccard),
      ];
    }),
  ];
}

function ranking(name: string, title: string, short: string, perRow: (row: MetricRow) => number): Metric {
  return {
    name,
    title: `${title}, mean over rows`,
    short,
    best: "high",
    perfect: 1,
    unit: "none",
    source,
    kinds: ["signature"],
    scale: false,
    perRow,
  };
}
