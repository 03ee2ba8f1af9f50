import assert from "node:assert/strict";
import { Chemistry } from "../../datasets/mod.ts";
import { batchNeuralGraphs } from "../../datasets/molecules/batch_neural_graphs.ts";
import { neuralGraph } from "../../datasets/molecules/neural_graph.ts";
import { simulatedDrugs } from "../../datasets/simulator/simulator_drugs.ts";
import { conjugatedBonds } from "../../datasets/molecules/conjugated_bonds.ts";
import { implicitValences } from "../../datasets/molecules/implicit_valences.ts";
import { checkChemistry } from "../golden/chemistry.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

const chemistry = await Chemistry.load();
const structure = (smiles: string) => chemistry.parse(smiles)!;

Deno.test("brics() cuts an ether twice, counts repeats, and keeps a molecule without BRICS bonds whole, its salt included", () => {
  assert.deepEqual(chemistry.brics("COCCOC"), { fragments: ["[3*]OC", "[4*]CC[4*]"], counts: [2, 1] });
  assert.deepEqual(chemistry.brics("OCC"), { fragments: ["CCO"], counts: [1] });
  assert.deepEqual(chemistry.brics("C[N+](C)(C)C.[Cl-]").fragments, ["C[N+](C)(C)C.[Cl-]"]);
  assert.throws(() => chemistry.brics("C1CC"), /cannot be parsed/);
});

Deno.test("brics() gives sorted, distinct leaves that cannot be cut again", () => {
  for (const { name, smiles } of simulatedDrugs.slice(0, 8)) {
    const { fragments, counts } = chemistry.brics(smiles);
    assert.deepEqual(fragments, [...new Set(fragments)].sort(), name);
    assert(counts.every((count) => count >= 1), name);
    // Every fragment is a leaf: cutting it again gives itself.
    for (const fragment of fragments) {
      assert.equal(chemistry.brics(fragment).fragments.length, 1, `${name}: ${fragment}`);
    }
  }
});

Deno.test("neuralGraph() one-hots every list once an atom and knows conjugation and implicit valence", () => {
  const acid = structure("C=CC(=O)O");
  assert.deepEqual(conjugatedBonds(acid), [true, true, true, true]);
  assert.deepEqual(conjugatedBonds(structure("C=CCC=C")), [false, false, false, false]);
  assert.deepEqual(implicitValences(structure("C[NH2+]CO")), [3, 0, 2, 1]);
  assert.deepEqual(implicitValences(structure("[H]OC([2H])c1ccc[nH]1")), [0, 1, 0, 0, 1, 1, 1, 0]);
  const { atomFeatures, atoms } = neuralGraph(structure("CC(=O)Nc1ccc(O)cc1"));
  for (let atom = 0; atom < atoms; atom++) {
    const row = [...atomFeatures.subarray(atom * 62, (atom + 1) * 62)];
    const ones = ([from, to]: number[]) => row.slice(from, to).reduce((sum, value) => sum + value, 0);
    assert.deepEqual([[0, 44], [44, 50], [50, 55], [55, 61]].map(ones), [1, 1, 1, 1]);
  }
});

Deno.test("batchNeuralGraphs() takes all degrees 0 to 5 in one batch, lone atoms, and six neighbours as five", () => {
  const smiles = ["[Na+].[Cl-]", "FP(F)(F)(F)F", "FS(F)(F)(F)(F)F", "CC(C)(C)C", "C", "CC=C"];
  const batch = batchNeuralGraphs(smiles.map((text) => neuralGraph(structure(text))));
  assert.deepEqual([...batch.atomDegree], [...batch.atomDegree].sort((a, b) => a - b));
  assert.deepEqual([...new Set(batch.atomDegree)], [0, 1, 2, 4, 5]);
  assert.equal(batch.degreeStart.at(-1), batch.atoms);
  batch.atomDegree.forEach((degree, atom) => {
    assert(batch.degreeStart[degree] <= atom && atom < batch.degreeStart[degree + 1]);
    const neighbours = batch.neighbourPtr[atom + 1] - batch.neighbourPtr[atom];
    assert.equal(Math.min(neighbours, 5), degree);
  });
  // Every bond is seen from both ends, inside one molecule.
  assert.equal(batch.neighbourAtom.length, 2 * batch.bondFeatures.length / 6);
  for (let atom = 0; atom < batch.atoms; atom++) {
    for (
      const other of batch.neighbourAtom.subarray(batch.neighbourPtr[atom], batch.neighbourPtr[atom + 1])
    ) {
      assert.equal(batch.atomMolecule[other], batch.atomMolecule[atom]);
    }
  }
  for (let molecule = 0; molecule < smiles.length; molecule++) {
    const slots = [...batch.atomSlot].filter((_, atom) => batch.atomMolecule[atom] === molecule);
    assert.deepEqual(slots, slots.map((_, place) => place));
  }
  assert.equal(batchNeuralGraphs([]).atoms, 0);
});

sharedTest(
  "goldens/chemistry/molecules.json",
  "every fortieth molecule of the chemistry goldens is what Python RDKit makes of it",
  async () => {
    for (
      const { name, passed, detail } of await checkChemistry(
        new URL("goldens/chemistry", sharedFolder).pathname,
        40,
      )
    ) {
      assert(passed, `${name}: ${detail}`);
    }
  },
);
