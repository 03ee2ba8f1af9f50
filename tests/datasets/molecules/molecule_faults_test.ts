import assert from "node:assert/strict";
import { Chemistry } from "../../../datasets/molecules/chemistry.ts";
import { implicitValences } from "../../../datasets/molecules/implicit_valences.ts";
import { neuralBondFeatureCount, neuralGraph } from "../../../datasets/molecules/neural_graph.ts";

const chemistry = await Chemistry.load();

/** What Python RDKit 2022.09 says of each atom, in the order of the SMILES; hydrogens of `[H]` are none of its implicit ones. */
const valences: readonly (readonly [string, readonly number[]])[] = [
  ["CC(=O)N[H]", [3, 0, 0, 1]],
  ["[H]N(C)C([H])=O", [0, 3, 0, 0]],
  ["[H]C([H])([H])c1ccc(O[H])cc1", [0, 0, 1, 1, 0, 0, 1, 1]],
  ["[H][H].CCO[H]", [0, 0, 3, 2, 0]],
  ["[H]O[H]", [0]],
  ["[H][C@@](C)(N)C(=O)O[H]", [0, 3, 2, 0, 0, 0]],
  ["[2H]C([2H])([2H])OC([H])([H])CN([H])C", [0, 0, 0, 0, 0, 0, 2, 0, 3]],
  ["[H]/N=C(/N)c1ccccc1", [0, 0, 0, 2, 0, 1, 1, 1, 1, 1]],
  ["C1CC1([H])CCO[H]", [2, 2, 0, 2, 2, 0]],
  ["N([H])([H])C%12CCCC%12", [0, 1, 2, 2, 2, 2]],
  ["CCO", [3, 2, 1]],
];

for (const [smiles, expected] of valences) {
  Deno.test(`implicitValences() counts no hydrogen that ${smiles} writes out`, () => {
    assert.deepEqual(implicitValences(chemistry.parse(smiles)!), expected);
  });
}

const bonds: readonly (readonly [string, readonly number[]])[] = [
  ["[NH3]->[Pt](Cl)(Cl)<-[NH3]", [-1, 0, 0, -1]],
  ["[Mo]$[Mo]", [-1]],
  ["C=C", [1]],
  ["CC#N", [0, 2]],
  ["[Cl-]->[Fe+2]", [-1]],
  ["c1cc1", [3, 3, 3]],
].map(([smiles, types]) => [smiles as string, types as number[]] as const);

for (const [smiles, types] of bonds.filter(([text]) => chemistry.parse(text))) {
  Deno.test(`neuralGraph() gives each bond of ${smiles} the type that the release has, or none`, () => {
    const { bondFeatures } = neuralGraph(chemistry.parse(smiles)!);
    assert.deepEqual(
      types.map((_, bond) =>
        [...bondFeatures.subarray(bond * neuralBondFeatureCount, bond * neuralBondFeatureCount + 4)].indexOf(
          1,
        )
      ),
      types,
    );
  });
}

const faults: readonly (readonly [string, RegExp])[] = [
  ["C(C)(C)(C)(C)C", /atom 1 \(C\) has 5 bonds/],
  ["CN(C)(C)C", /atom 2 \(N\) has 4 bonds/],
  ["c1cccc1", /kekulising failed/],
  ["c1ccccc", /ring is opened and never closed/],
  ["CC(C", /parenthesis is opened and never closed/],
  ["CC)", /parenthesis is closed that was never opened/],
  ["[Xx]C", /syntax fails at character 2/],
  ["CC~~C", /syntax fails at character/],
  ["CCO |$a;b;c$|", /CXSMILES/],
  ["CCO ethanol", /after a blank/],
  ["CCO>>CC=O", /a reaction/],
  ["InChI=1S/CH4/h1H4", /InChI/],
  ["BSYNRYMUTXBXSQ-UHFFFAOYSA-N", /InChIKey/],
  ["imatinib", /a name/],
  ["-666", /no structure/],
  ["restricted", /no structure/],
  ["", /no structure/],
  ["CC\u00b5", /the character "µ"/],
  ["C".repeat(1000), /too large: 1,000 atoms, at most 500/],
];

for (const [smiles, why] of faults) {
  Deno.test(`fault() says why ${JSON.stringify(smiles.slice(0, 40))} is no structure`, () => {
    assert.equal(chemistry.parse(smiles), undefined);
    assert.match(chemistry.fault(smiles)!, why);
  });
}

Deno.test("a molecule that makes RDKit trap is named as too large, and the 40 rows around it are as without it", async () => {
  // Without the limit of atoms, so that RDKit meets what it cannot hold.
  const own = await Chemistry.start(1e6);
  for (let wait = 0; wait < 40; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  const good = Array.from({ length: 40 }, (_, k) => `CC${"C".repeat(k % 7)}OC${k % 2 === 0 ? "N" : "(=O)O"}`);
  const smiles = [...good.slice(0, 20), "C".repeat(5000), ...good.slice(20)];
  const { molecules, bad } = own.featurizeAll(smiles, { skipBad: true });
  assert.equal(own.traps, 2);
  assert.deepEqual(bad, [{
    smiles: "C".repeat(5000),
    reason: "too large: RDKit runs out of memory on it",
    rows: [21],
  }]);
  const expected = chemistry.featurizeAll(good).molecules;
  molecules.filter((molecule) => molecule !== undefined).forEach((molecule, row) => {
    assert.deepEqual(molecule.features, expected[row]!.features);
  });
  assert.equal(molecules.filter((molecule) => molecule === undefined).length, 1);
  assert.deepEqual(own.brics("COCCOC"), chemistry.brics("COCCOC"));
});
