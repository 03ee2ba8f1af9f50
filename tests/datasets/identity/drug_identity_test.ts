import assert from "node:assert/strict";
import fc from "fast-check";
import { drugIdentities } from "../../../datasets/identity/drug_identity.ts";
import { Chemistry } from "../../../datasets/molecules/chemistry.ts";
import { simulatedDecoys, simulatedDrugs } from "../../../datasets/simulator/simulator_drugs.ts";

const chemistry = await Chemistry.load();
const parent = drugIdentities(chemistry, "parent");
const canonical = (smiles: string) => chemistry.canonicalSmiles(smiles);

/** Every text of a line is one drug, whose parent is the first. */
const salts: readonly (readonly string[])[] = [
  [
    "CCCC(CCC)C(=O)O",
    "[Na+].CCCC(CCC)C([O-])=O",
    "CCCC(CCC)C(=O)O[Na]",
    "CCCC(CCC)C(=O)O.CCCC(CCC)C(=O)[O-].[Na+]",
  ],
  ["CCN", "CCN.Cl", "CC[NH3+].[Cl-]", "[Br-].CC[NH3+]", "CCN.[H]Cl", "O.CCN.OS(=O)(=O)O"],
  ["CC(=O)O", "CC(=O)[O-].CC(=O)[O-].[Ca+2].O"],
  ["C[C@H](N)C(=O)O", "C[C@H]([NH3+])C(=O)[O-]", "C[C@H](N)C([O-])=O.[K+]", "C[C@H]([NH3+])C(O)=O.[Cl-]"],
  ["C[N+](C)(C)CC(=O)O", "C[N+](C)(C)CC(=O)[O-]", "C[N+](C)(C)CC(=O)O.[Cl-]"],
  ["CCCC[N+](C)(C)C", "CCCC[N+](C)(C)C.[I-]", "CCCC[N+](C)(C)C.F[B-](F)(F)F"],
  ["O=[N+]([O-])c1ccccc1O", "O=[N+]([O-])c1ccccc1[O-].[Na+]", "O=N(=O)c1ccccc1O"],
  ["[O-][n+]1ccccc1CN", "[O-][n+]1ccccc1C[NH3+].[Cl-]"],
  ["[N-]=[N+]=NCCN", "[N-]=[N+]=NCC[NH3+].[Cl-]"],
  ["c1nn[nH]n1", "c1nn[n-]n1.[Na+]"],
  ["NC(=N)N", "NC(=[NH2+])N.OC([O-])=O"],
  ["NCc1ccc([B-](F)(F)F)cc1", "[NH3+]Cc1ccc([B-](F)(F)F)cc1", "NCc1ccc([B-](F)(F)F)cc1.[K+]"],
  ["N/C=C/F", "F/C=C/[NH3+].[Cl-]"],
  ["[2H]C([2H])([2H])N", "Cl.[2H]C([2H])([2H])N"],
];

Deno.test("a salt, its hydrate, its zwitterion and its free base have one parent", () => {
  for (const [base, ...others] of salts) {
    for (const text of [base, ...others]) assert.equal(parent.of(text), canonical(base), text);
  }
});

Deno.test("every drug of the simulator keeps its parent as hydrochloride, as sodium salt and in another spelling", () => {
  for (const { smiles } of [...simulatedDrugs, ...simulatedDecoys]) {
    const own = parent.of(smiles);
    assert.equal(parent.of(`${smiles}.Cl`), own);
    assert.equal(parent.of(`[Na+].${smiles}.[OH-]`), own);
    assert.equal(parent.of(own), own, "the parent is its own parent");
    assert.equal(parent.of(canonical(smiles)), own);
  }
});

Deno.test("a complex of a metal and what has no carbon stay whole", () => {
  for (
    const text of [
      "[NH3][Pt]([NH3])(Cl)Cl",
      "N.N.[Cl-].[Cl-].[Pt+2]",
      "[Fe+2].c1cc[cH-]c1.c1cc[cH-]c1",
      "CC(=O)O[Ca]OC(C)=O",
      "[Na+]",
      "O",
      "O=[As]O[As]=O",
      "CC(=O)[O-].[Zn+2].CC(=O)[O-]",
    ]
  ) assert.equal(parent.of(text), canonical(text), text);
});

Deno.test("of a mixture the largest organic fragment counts, in any order and state of charge", () => {
  // Heavy atoms before hydrogens.
  assert.equal(parent.of("CCCCCC.Clc1c(Cl)c(Cl)c(Cl)c(Cl)c1C#N"), canonical("Clc1c(Cl)c(Cl)c(Cl)c(Cl)c1C#N"));
  const drug = "CCCCCNCC", other = "CC(=O)O", ring = "C1CC1";
  fc.assert(fc.property(fc.shuffledSubarray([drug, other, ring, "[Cl-]", "O"], { minLength: 5 }), (parts) => {
    assert.equal(parent.of(parts.join(".")), canonical(drug));
    assert.equal(
      parent.of(parts.join(".").replace("NCC", "[NH2+]CC").replace("C(=O)O", "C(=O)[O-]")),
      canonical(drug),
    );
  }));
});

Deno.test("stereo tells parents apart and not flat identities; salts tell canonical identities apart; spelling tells all apart", () => {
  const flat = drugIdentities(chemistry, "flat"), whole = drugIdentities(chemistry, "canonical");
  const spelled = drugIdentities(chemistry, "spelling");
  const [left, right, none] = ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O.Cl", "CC(N)C(O)=O"];
  assert.equal(new Set([left, right, none].map(parent.of)).size, 3);
  assert.equal(new Set([left, right, none, "C[C@@H]([NH3+])C([O-])=O"].map(flat.of)).size, 1);
  assert.equal(whole.of("OC(=O)C"), whole.of("CC(O)=O"));
  assert.notEqual(whole.of("CC(O)=O"), whole.of("CC(O)=O.[Na+].[OH-]"));
  assert.notEqual(spelled.of("OC(=O)C"), spelled.of("CC(O)=O"));
  assert.equal(spelled.parent("OC(=O)C.Cl"), canonical("CC(=O)O"));
  assert.deepEqual([parent.of(""), flat.of(""), whole.of("")], ["", "", ""]);
});

Deno.test("drugIdentities() refuses what is no SMILES", () => {
  assert.throws(() => parent.of("C1CC"), { name: "UserError", message: /"C1CC"/ });
});
