import { UserError } from "../user_error.ts";
import type { Split } from "../types.ts";
import { splitByPart } from "./split_by_part.ts";

/** Shares of the drugs: training alone, training and validation. */
const trained = 0.8, trainedOrValidated = 0.9;

/**
 * Deals scaffolds as DeepChem does: the largest groups of drugs first, each to training while training stays within 80 % of the
 * drugs, else to validation while both stay within 90 %, else to the test part. Common scaffolds are so trained on and single ones
 * tested. All rows of a drug follow it. Source: kg-gat.md 11.
 *
 * @param scaffolds one a row. @param drugs one a row: its drug.
 * @throws {UserError} when a part gets no drug.
 */
export function deepchemScaffoldSplit(scaffolds: readonly string[], drugs: Uint32Array): Split {
  const groups = new Map<string, { readonly first: number; readonly members: Set<number> }>();
  const order = new Map<number, number>();
  drugs.forEach((drug, row) => {
    if (order.has(drug)) return;
    order.set(drug, order.size);
    const group = groups.get(scaffolds[row]) ?? { first: order.size - 1, members: new Set() };
    group.members.add(drug);
    groups.set(scaffolds[row], group);
  });
  const sorted = [...groups.values()].sort((a, b) => b.members.size - a.members.size || b.first - a.first);
  const partOf = new Map<number, number>();
  const counts = [0, 0, 0];
  for (const { members } of sorted) {
    const { size } = members;
    const part = counts[0] + size <= trained * order.size
      ? 0
      : counts[0] + counts[1] + size <= trainedOrValidated * order.size
      ? 1
      : 2;
    counts[part] += size;
    for (const drug of members) partOf.set(drug, part);
  }
  if (counts.includes(0)) {
    throw new UserError(
      `The ${order.size} drugs have ${groups.size} scaffolds, which DeepChem's rule deals ${counts[0]} : ${
        counts[1]
      } : ${
        counts[2]
      } (training, validation, test), expected drugs in every part; choose the split scaffold or drug-blind.`,
    );
  }
  return splitByPart("deepchem-scaffold", drugs.length, (row) => partOf.get(drugs[row])!);
}
