import type { OnBits } from "../../datasets/molecules/fingerprint.ts";
import type { PpiGraph } from "../../datasets/types.ts";

/** A kernel over drugs: drugs x drugs, 1 on the diagonal. */
export type DrugKernel = Float64Array;

/** Tanimoto similarity of fingerprints; a drug without structure is like itself alone. */
export function tanimotoKernel(fingerprints: readonly OnBits[]): DrugKernel {
  const sets = fingerprints.map((bits) => new Set(bits));
  return kernelOf(fingerprints.length, (a, b) => {
    let shared = 0;
    for (const bit of fingerprints[a]) if (sets[b].has(bit)) shared++;
    const all = fingerprints[a].length + fingerprints[b].length - shared;
    return all === 0 ? 0 : shared / all;
  });
}

/**
 * Cosine of terms weighted by idf = ln(1 + n / df); a drug without terms is like itself alone. The recipe's other half, pathways that the
 * targets hit, is left out: no table of pathways is among the inputs (multikernel.md, recipe 4).
 */
export function termKernel(drugs: number, terms: ReadonlyMap<number, ReadonlySet<string>>): DrugKernel {
  const frequency = new Map<string, number>();
  for (const own of terms.values()) {
    for (const term of own) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const weight = (term: string) => Math.log(1 + terms.size / frequency.get(term)!) ** 2;
  const norms = Array.from(
    { length: drugs },
    (_, drug) => Math.sqrt([...terms.get(drug) ?? []].reduce((sum, term) => sum + weight(term), 0)),
  );
  return kernelOf(drugs, (a, b) => {
    const own = terms.get(a), other = terms.get(b);
    if (!own || !other) return 0;
    let sum = 0;
    for (const term of own) if (other.has(term)) sum += weight(term);
    return sum / (norms[a] * norms[b]);
  });
}

/** Steps of the walk, and the share of it that starts anew at the targets. */
const steps = 60, restart = 0.5;

/**
 * Cosine of random walks with restart from the targets of two drugs over an interaction graph, each protein's share divided by the root
 * of its degree's; undefined where no drug has a target in the graph. Targets outside it are nodes without neighbours, whose degree counts
 * as 1 here: a share of the walk that other drugs of the same target have too (multikernel.md, recipe 3).
 */
export function graphKernel(
  drugs: number,
  terms: ReadonlyMap<number, ReadonlySet<string>>,
  { genes, indptr, indices }: PpiGraph,
): DrugKernel | undefined {
  const inside = new Set(genes);
  const all = [...terms.values()].flatMap((own) => [...own]);
  if (!all.some((term) => inside.has(term))) return undefined;
  const nodes = [...genes, ...new Set(all.filter((term) => !inside.has(term)))];
  const nodeOf = new Map(nodes.map((node, at) => [node, at]));
  const neighbours = nodes.map((_, node) =>
    node < genes.length
      ? indices.subarray(indptr[node], indptr[node + 1]).filter((other) => other !== node)
      : new Uint32Array()
  );
  const total = neighbours.reduce((sum, { length }) => sum + length, 0);
  const walks = Array.from({ length: drugs }, (_, drug) => {
    const targets = [...terms.get(drug) ?? []].map((term) => nodeOf.get(term)!);
    if (targets.length === 0) return undefined;
    const start = new Float64Array(nodes.length);
    for (const target of targets) start[target] = 1 / targets.length;
    let share = start.slice();
    for (let step = 0; step < steps; step++) {
      const next = start.map((value) => restart * value);
      share.forEach((value, gene) => {
        if (value === 0) return;
        for (const other of neighbours[gene]) next[other] += (1 - restart) * value / neighbours[gene].length;
      });
      share = next;
    }
    return share.map((value, gene) =>
      value === 0 ? 0 : value / Math.sqrt(Math.max(1, neighbours[gene].length) / Math.max(1, total))
    );
  });
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, at) => sum + value * b[at], 0);
  const norms = walks.map((walk) => walk ? Math.sqrt(dot(walk, walk)) : 0);
  return kernelOf(
    drugs,
    (a, b) => walks[a] && walks[b] ? dot(walks[a], walks[b]) / (norms[a] * norms[b]) : 0,
  );
}

/** Weighted sum. */
export function mixed(kernels: readonly DrugKernel[], weights: readonly number[]): DrugKernel {
  return kernels[0].map((_, at) => kernels.reduce((sum, kernel, k) => sum + weights[k] * kernel[at], 0));
}

function kernelOf(count: number, of: (a: number, b: number) => number): DrugKernel {
  const kernel = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    kernel[a * count + a] = 1;
    for (let b = 0; b < a; b++) kernel[a * count + b] = kernel[b * count + a] = of(a, b);
  }
  return kernel;
}
