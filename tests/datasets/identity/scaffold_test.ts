import assert from "node:assert/strict";
import { Chemistry } from "../../../datasets/molecules/chemistry.ts";
import { sharedFolder, sharedTest } from "../../shared_folder.ts";

const chemistry = await Chemistry.load();

Deno.test("scaffold() keeps rings, what joins them and atoms double-bonded to either, without stereo", () => {
  const expected: Record<string, string> = {
    // Aspirin, fluorouracil, lidocaine, a sulfone between rings, an exocyclic double bond.
    "CC(=O)Oc1ccccc1C(=O)O": "c1ccccc1",
    "O=c1[nH]cc(F)c(=O)[nH]1": "O=c1cc[nH]c(=O)[nH]1",
    "Cc1cccc(C)c1NC(=O)CN(CC)CC": "c1ccccc1",
    "Cc1ccc(S(=O)(=O)C[C@H](C)c2ccncc2)cc1": "O=S(=O)(CCc1ccncc1)c1ccccc1",
    "C/C=C1\\CCC(C)C1": "C=C1CCCC1",
    "C[n+]1ccccc1CCC": "c1cc[nH+]cc1",
    "CCO": "",
  };
  for (const [smiles, scaffold] of Object.entries(expected)) {
    assert.equal(chemistry.scaffold(smiles), scaffold && chemistry.canonicalSmiles(scaffold), smiles);
  }
});

sharedTest("goldens/chemistry/molecules.json", "scaffold() is Python RDKit's on 200 drugs", async () => {
  const text = await Deno.readTextFile(new URL("goldens/chemistry/molecules.json", sharedFolder));
  const all = (JSON.parse(text) as { smiles: string; scaffold?: string }[]).filter(({ scaffold }) =>
    scaffold !== undefined
  );
  let compared = 0;
  for (const { smiles, scaffold } of all.filter((_, at) => at % 8 === 0)) {
    const expected = scaffold === "" ? "" : chemistry.canonicalSmiles(chemistry.canonicalSmiles(scaffold!));
    assert.equal(chemistry.scaffold(smiles), expected, smiles);
    compared++;
  }
  assert.ok(compared >= 200);
});
