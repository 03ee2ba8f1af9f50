import assert from "node:assert/strict";
import fc from "fast-check";
import { checksumOfTargets, mechanismsOf } from "../../../datasets/splits/mechanism_groups.ts";
import { makeSplit, scaffoldsOf } from "../../../datasets/splits/make_split.ts";
import type { SplitRule } from "../../../datasets/splits/split_rule.ts";
import type { Split } from "../../../datasets/types.ts";
import { smallTable } from "../small_table.ts";

const rings = ["c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCOCC1", "c1ccoc1", "C1CCNC1", "c1ccsc1"];
const terms = ["MEK", "EGFR", "HDAC", "tubulin", "topoisomerase", "mTOR", "PARP", "BCL2", "CDK4", "unknown"];
/** A drug by its scaffold and the length of its chain. */
const smilesOf = (ring: number, chain: number) => "C".repeat(chain + 1) + rings[ring];

const drugs = fc.uniqueArray(
  fc.record({
    ring: fc.nat(rings.length - 1),
    chain: fc.nat(8),
    terms: fc.uniqueArray(fc.nat(terms.length - 1), { maxLength: 2 }),
  }),
  { minLength: 23, maxLength: 37, selector: ({ ring, chain }) => `${ring} ${chain}` },
).map((some) => [
  // Enough scaffolds and enough drugs without a mechanism, so that three folds can be had.
  ...rings.map((_, ring) => ({ ring, chain: 20, terms: [] as number[] })),
  ...some,
]);

const partsOf = ({ train, validation, test }: Split) => [train, validation, test];

function requireApart(split: Split, labelsOf: (row: number) => Iterable<string>, what: string): void {
  const sets = partsOf(split).map((rows) => new Set(Array.from(rows).flatMap((row) => [...labelsOf(row)])));
  for (const [a, b] of [[0, 1], [0, 2], [1, 2]]) {
    assert.deepEqual([...sets[a].intersection(sets[b])], [], `${what}: parts ${a} and ${b} of ${split.name}`);
  }
}

function requireEveryRowTestedOnce(splits: readonly Split[], rows: number): void {
  assert.deepEqual(
    splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b),
    Array.from({ length: rows }, (_, row) => row),
  );
  for (const split of splits) {
    assert.equal(partsOf(split).reduce((sum, part) => sum + part.length, 0), rows, split.name);
    assert.ok(partsOf(split).every(({ length }) => length > 0), split.name);
  }
}

Deno.test("folds of scaffolds test every row once, and no scaffold of a part is in another", async () => {
  await fc.assert(
    fc.asyncProperty(drugs, fc.nat(99), async (some, number) => {
      const data = smallTable(
        some.flatMap(({ ring, chain }) => [
          { smiles: smilesOf(ring, chain), cell: "A" },
          { smiles: `${smilesOf(ring, chain)}.Cl`, cell: "B" },
        ]),
      );
      const scaffolds = await scaffoldsOf(data);
      const splits = await Promise.all(
        [0, 1, 2].map((fold) => makeSplit({ rule: "scaffold-folds", folds: 3, fold, number }, data)),
      );
      requireEveryRowTestedOnce(splits, data.rows);
      for (const split of splits) {
        requireApart(split, (row) => [scaffolds[row]], "scaffolds");
        requireApart(split, (row) => [data.drug.ids[data.drug.of[row]]], "drugs");
      }
    }),
    { numRuns: 6 },
  );
});

Deno.test("splits by mechanism hold out every target of a test drug, whatever drug has it and however it is written", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await fc.assert(
      fc.asyncProperty(drugs, fc.nat(99), async (some, number) => {
        const lines = some.map(({ ring, chain, terms: own }) =>
          `${smilesOf(ring, chain)},${own.map((term) => terms[term]).join("|")}`
        );
        await Deno.writeTextFile(file, `smiles,target\n${lines.join("\n")}\nCCO,EGFR\n`);
        const data = smallTable([
          { smiles: "CCO", cell: "A" },
          ...some.flatMap(({ ring, chain }) => [
            { smiles: smilesOf(ring, chain), cell: "A" },
            { smiles: `${smilesOf(ring, chain)}.Cl`, cell: "B" },
          ]),
        ]);
        const known = new Map(
          some.map(({ ring, chain, terms: own }) => [smilesOf(ring, chain), own.map((term) => terms[term])]),
        );
        const termsOf = (row: number) => {
          // The table tells of salts by their parent.
          const at = Math.floor((row - 1) / 2);
          const own = row === 0 ? ["EGFR"] : known.get(smilesOf(some[at].ring, some[at].chain))!;
          return own.filter((term) => term !== "unknown");
        };
        const checksum = await checksumOfTargets(file);
        const rules: SplitRule[] = [0, 1, 2].map((fold) => ({
          rule: "mechanism-folds",
          folds: 3,
          fold,
          number,
          targets: file,
          checksum,
        }));
        const folds = await Promise.all(rules.map((rule) => makeSplit(rule, data)));
        requireEveryRowTestedOnce(folds, data.rows);
        const blind = await makeSplit({ rule: "mechanism-blind", number, targets: file, checksum }, data);
        for (const split of [...folds, blind]) {
          requireApart(split, termsOf, "targets");
          requireApart(split, (row) => [data.drug.ids[data.drug.of[row]]], "drugs");
        }
      }),
      { numRuns: 6 },
    );
    // A structure is the drug that the table's own identity makes it.
    for (
      const [identity, told, groups] of [
        ["parent", "CCN.Cl", 1],
        ["parent", "OC(=O)C", 2],
        ["canonical", "CCN.Cl", 2],
        ["canonical", "Cl.NCC", 2],
        ["spelling", "CCN.Cl", 2],
        ["spelling", "Cl.CCN", 1],
        ["parent", "C[C@H](N)O", 1],
        ["flat", "C[C@H](N)O", 2],
      ] as const
    ) {
      const rows = ["CCN", "CCN.Cl", "C[C@@H](N)O", "CC(=O)O"].map((smiles) => ({ smiles, cell: "A" }));
      const data = smallTable(rows, identity);
      await Deno.writeTextFile(file, `smiles,target\nCCN,EGFR\n${told},TP53\n`);
      const found = await mechanismsOf({ targets: file, checksum: await checksumOfTargets(file) }, data);
      const known = new Set(found.filter((group) => group.startsWith("group ")));
      assert.equal(known.size, groups, `${identity} ${told}`);
    }
    const data = smallTable([{ smiles: "CCO", cell: "A" }]);
    await assert.rejects(
      makeSplit({ rule: "mechanism-blind", number: 0, targets: file, checksum: "0" }, data),
      /found the checksum \w{64}, expected 0; it was changed/,
    );
  } finally {
    await Deno.remove(file);
  }
});
