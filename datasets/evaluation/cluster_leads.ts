import { bootstrapMean, type Interval } from "../statistics/bootstrap.ts";

/** A cluster that carries more of a lead than all others together. */
export interface CarryingCluster {
  /** Absent for a drug that is a cluster of its own. */
  readonly label?: string;
  /** One of its drugs. */
  readonly drug: number;
  /** Its part of the lead; over 1 where the others take away from it. */
  readonly share: number;
  /** Its drugs among the evaluated. */
  readonly drugs: number;
  /** The lead over the rows of all other clusters. */
  readonly without: Interval;
}

/** A lead over clusters of drugs. */
export interface ClusterLead {
  readonly interval: Interval;
  /** Clusters with rows. */
  readonly clusters: number;
  readonly carrying?: CarryingCluster;
}

/**
 * The lead of a model with clusters drawn whole, and the one cluster that carries most of it, if one does: drugs of one mechanism
 * succeed and fail together (multikernel.md).
 *
 * @param lead of each row.
 * @param drugOf drug of each row.
 * @param clusterOf label of each drug; a drug without one is a cluster of its own.
 */
export function clusterLead(
  lead: ArrayLike<number>,
  drugOf: readonly number[],
  clusterOf: (drug: number) => string | undefined,
  seed: number,
): ClusterLead {
  const labels = drugOf.map((drug) => clusterOf(drug) ?? `\0${drug}`);
  const names = [...new Set(labels)];
  const place = new Map(names.map((name, index) => [name, index]));
  const unitOf = labels.map((label) => place.get(label)!);
  const interval = bootstrapMean(lead, unitOf, { seed });
  const sums = new Float64Array(names.length);
  unitOf.forEach((unit, row) => sums[unit] += lead[row]);
  const total = sums.reduce((sum, value) => sum + value, 0);
  const most = sums.reduce((best, sum, unit) => sum > sums[best] ? unit : best, 0);
  const share = sums[most] / total;
  if (names.length < 2 || !(total > 0) || share <= 0.5) {
    return { interval, clusters: names.length };
  }
  const others = unitOf.flatMap((unit, row) => unit === most ? [] : [row]);
  return {
    interval,
    clusters: names.length,
    carrying: {
      ...(names[most].startsWith("\0") ? {} : { label: names[most] }),
      drug: drugOf[unitOf.indexOf(most)],
      share,
      drugs: new Set(drugOf.filter((_, row) => unitOf[row] === most)).size,
      without: bootstrapMean(others.map((row) => lead[row]), others.map((row) => drugOf[row]), { seed }),
    },
  };
}
