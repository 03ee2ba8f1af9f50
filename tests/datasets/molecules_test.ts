import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { matrixOf } from "../../datasets/dataset.ts";
import { valuesOf } from "../../datasets/matrix.ts";
import { bondPaths, unconnected } from "../../datasets/molecules/bond_paths.ts";
import { Chemistry, type MoleculeGraph, type PretrainingData, UserError } from "../../datasets/mod.ts";
import { attachMolecules } from "../../datasets/molecules/attach_molecules.ts";
import { collateMolecules } from "../support/collate_molecules.ts";
import { readConformers } from "../../datasets/molecules/conformers.ts";
import { dummyMolecule } from "../../datasets/molecules/molecule_graph.ts";
import { buildSampleTable } from "../../datasets/readers/sample_table.ts";
import { pathDistances } from "../../datasets/molecules/path_distances.ts";
import { ruleDistances } from "../../datasets/molecules/rule_distances.ts";
import { writeSafetensors } from "../../host/checkpoint/safetensors.ts";
import type { StoredTensor } from "../../host/checkpoint/stored_tensor.ts";
import { checkFeatures, distanceChange } from "../golden/features.ts";
import { goldensFolder } from "../golden/goldens_folder.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

const chemistry = await Chemistry.load();

/** Columns that are set in the row of a node. */
function columns(molecule: MoleculeGraph, node: number): number[] {
  return [...molecule.features.subarray(node * 28, (node + 1) * 28)].flatMap((value, column) =>
    value ? [column] : []
  );
}

/** Distance between two atoms, Å. */
function distance(molecule: MoleculeGraph, first: number, second: number): number {
  return molecule.distance[(first + 1) * molecule.nodes + second + 1];
}

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} ± ${tolerance}`);
}

Deno.test("featurize() sets element, neighbours, hydrogens, charge, ring and aromatic columns, the dummy first", () => {
  const acetate = chemistry.featurize("CC(=O)[O-]");
  assert.equal(acetate.nodes, 5);
  assert.deepEqual(columns(acetate, 0), [0]);
  assert.deepEqual(columns(acetate, 1), [2, 13, 21, 24]);
  assert.deepEqual(columns(acetate, 2), [2, 15, 18, 24]);
  assert.deepEqual(columns(acetate, 4), [4, 13, 18, 23]);
  const pyridine = chemistry.featurize("c1ccncc1");
  assert.deepEqual(columns(pyridine, 4), [3, 14, 18, 24, 26, 27]);
  // The Kekulé form and the aromatic form are the same molecule.
  assert.deepEqual(chemistry.featurize("C1=CC=NC=C1").features, pyridine.features);
});

Deno.test("featurize() gives the last entry of a list to what lies outside it", () => {
  assert.deepEqual(columns(chemistry.featurize("[Pt+2]"), 1), [11, 12, 18, 25]);
  assert.deepEqual(columns(chemistry.featurize("[O-2]"), 1), [4, 12, 18, 25]);
  assert.deepEqual(columns(chemistry.featurize("[SiH4]"), 1), [11, 12, 22, 24]);
  const hexafluoride = chemistry.featurize("FS(F)(F)(F)(F)F");
  assert.deepEqual(columns(hexafluoride, 2), [7, 17, 18, 24]);
});

Deno.test("featurize() joins bonded atoms and every atom with itself, never the dummy", () => {
  const { adjacency } = chemistry.featurize("CCO");
  assert.deepEqual([...adjacency], [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1]);
});

Deno.test("distances are symmetric, zero on the atoms' diagonal, and 1e6 to the dummy, in every mode", () => {
  for (const distances of ["rule", "path"] as const) {
    const molecule = chemistry.featurize("CC(=O)Oc1ccccc1C(=O)O.[Na+]", { distances });
    const { nodes } = molecule;
    assert.equal(molecule.distanceMode, distances);
    for (let row = 0; row < nodes; row++) {
      for (let column = 0; column < nodes; column++) {
        const value = molecule.distance[row * nodes + column];
        assert.equal(value, molecule.distance[column * nodes + row]);
        if (row === 0 || column === 0) assert.equal(value, 1e6);
        else if (row === column) assert.equal(value, 0);
        else if (row === nodes - 1 || column === nodes - 1) assert.equal(value, 100);
        else assert.ok(value > 1 && value < 20);
      }
    }
  }
});

Deno.test("the path rule counts bonds", () => {
  const hexane = chemistry.featurize("CCCCCC", { distances: "path" });
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((atom) => distance(hexane, 0, atom)),
    [0, 1.5, 2.5, 3.9, 5.2, 6.5].map(Math.fround),
  );
});

Deno.test("the coordinate-free rule gives textbook bond lengths and angles", () => {
  const benzene = chemistry.featurize("c1ccccc1");
  near(distance(benzene, 0, 1), 1.395, 0.01);
  near(distance(benzene, 0, 2), 2.42, 0.03);
  near(distance(benzene, 0, 3), 2.85, 1e-6);
  const butane = chemistry.featurize("CCCC");
  near(distance(butane, 0, 1), 1.52, 0.02);
  near(distance(butane, 0, 2), 2.5, 0.06);
  near(distance(butane, 0, 3), 3.55, 1e-6);
  near(distance(chemistry.featurize("CCCCC"), 0, 4), 4.9, 1e-6);
  near(distance(chemistry.featurize("CC#CC"), 0, 2), 1.45 + 1.2, 0.06);
  near(distance(chemistry.featurize("C=O"), 0, 1), 1.21, 0.02);
  const cyclobutane = chemistry.featurize("C1CCC1");
  near(distance(cyclobutane, 0, 2), 1.52 * Math.SQRT2, 0.01);
  near(distance(chemistry.featurize("C1CC1"), 0, 2), 1.52, 0.01);
});

Deno.test("permuting the atoms permutes features, bonds and distances alike", () => {
  // The same molecule written from either end.
  const forwards = chemistry.featurize("CC(N)C(=O)OCC#N");
  const backwards = chemistry.featurize("N#CCOC(=O)C(N)C");
  const order = [8, 6, 7, 4, 5, 3, 2, 1, 0];
  order.forEach((image, atom) => {
    assert.deepEqual(columns(forwards, atom + 1), columns(backwards, image + 1));
    order.forEach((otherImage, other) => {
      near(distance(forwards, atom, other), distance(backwards, image, otherImage), 1e-6);
    });
  });
});

Deno.test("featurize() refuses what is no SMILES, blanks included, in one sentence", () => {
  for (const smiles of ["", " ", "xx", "C1CC", "C C", "C(C)(C)(C)(C)C", "C\0", "日本"]) {
    assert.throws(() => chemistry.featurize(smiles), {
      name: "UserError",
      message: `SMILES ${JSON.stringify(smiles)}: cannot be parsed (${
        chemistry.fault(smiles)
      }), expected a valid SMILES; mend it.`,
    });
  }
});

Deno.test("featurizeAll() computes a repeated SMILES once and lists every bad one with its rows", () => {
  const smiles = ["CCO", "xx", "C", "CCO", "C1CC", "xx"];
  const { molecules, bad } = chemistry.featurizeAll(smiles, { skipBad: true });
  assert.equal(molecules[0], molecules[3]);
  assert.deepEqual(molecules.map((molecule) => molecule?.smiles), [
    "CCO",
    undefined,
    "C",
    "CCO",
    undefined,
    undefined,
  ]);
  assert.deepEqual(bad, [
    { smiles: "xx", reason: 'the syntax fails at character 1 ("xx")', rows: [2, 6] },
    { smiles: "C1CC", reason: "a ring is opened and never closed", rows: [5] },
  ]);
  assert.throws(() => chemistry.featurizeAll(smiles, { source: "condition_table.csv" }), {
    name: "UserError",
    message:
      "condition_table.csv: 2 SMILES cannot be parsed, expected valid SMILES; mend them, or leave these rows out " +
      'with --skip-bad:\n  rows 2, 6: "xx": the syntax fails at character 1 ("xx")\n  row 5: "C1CC": a ring is opened and ' +
      "never closed",
  });
});

Deno.test("attachMolecules() keeps rows, drugs and molecules together when bad SMILES are skipped", () => {
  const smiles = ["xx", "CCO", "C", "CCO", "yy"];
  const data: PretrainingData = {
    kind: "pretraining",
    folder: "data",
    genes: ["A"],
    samples: buildSampleTable(
      smiles.map((text, row) => ({ smiles: text, dose: row, time: 6, fileRow: 10 + row })),
    ),
    basal: matrixOf(Float32Array.of(0, 1, 2, 3, 4), 1),
    perturbed: matrixOf(Float32Array.of(0, 1, 2, 3, 4), 1),
  };
  const result = attachMolecules(chemistry, data, { skipBad: true, distances: "path" });
  assert.deepEqual([...valuesOf(result.data.basal)], [1, 2, 3]);
  assert.deepEqual(result.data.samples.drugs, ["CCO", "C"]);
  assert.deepEqual(result.molecules.map((molecule) => molecule.smiles), ["CCO", "C"]);
  assert.deepEqual(result.bad.map(({ rows }) => rows), [[10], [14]]);
  assert.throws(
    () => attachMolecules(chemistry, data),
    /2 SMILES cannot be parsed.*\n {2}row 10: "xx".*\n {2}row 14: "yy"/,
  );
  const hopeless = {
    ...data,
    samples: buildSampleTable(smiles.map(() => ({ smiles: "xx", dose: 1, time: 6 }))),
  };
  assert.throws(
    () => attachMolecules(chemistry, hopeless, { skipBad: true }),
    /none of the 5 rows has a SMILES/,
  );
});

Deno.test("canonicalSmiles() gives two spellings of a molecule one identity", () => {
  assert.equal(chemistry.canonicalSmiles("OCC"), chemistry.canonicalSmiles("C(O)C"));
  assert.notEqual(chemistry.canonicalSmiles("OCC"), chemistry.canonicalSmiles("OCCC"));
  assert.throws(() => chemistry.canonicalSmiles("xx"), UserError);
});

Deno.test("morganBits() sets the same bits for two spellings, and not for another molecule", () => {
  const bits = chemistry.morganBits("OCC");
  assert.equal(bits.length, 1024);
  assert.ok(bits.every((bit) => bit === 0 || bit === 1) && bits.includes(1));
  assert.deepEqual(bits, chemistry.morganBits("C(O)C"));
  assert.notDeepEqual(bits, chemistry.morganBits("OCCC"));
});

Deno.test("any text is either refused or featurised soundly", () => {
  const pieces = [
    ..."CNOPSFIBcnos123456789()[]=#-+@/\\.%H:*~$ ",
    "Cl",
    "Br",
    "[nH]",
    "[Na+]",
    "c1ccccc1",
    "C(=O)",
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((list) => list.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ maxLength: 12 })), (smiles) => {
      const structure = chemistry.parse(smiles);
      if (structure === undefined) return;
      const paths = bondPaths(structure);
      for (const distances of [ruleDistances(structure), pathDistances(structure)]) {
        assert.equal(distances.length, structure.atoms.length ** 2);
        distances.forEach((value, index) => {
          assert.ok(paths[index] === 0 ? value === 0 : value > 0.3, `${smiles}: ${value}`);
          assert.ok(paths[index] !== unconnected || value === 100);
        });
      }
      const { features, nodes } = chemistry.featurize(smiles);
      for (let node = 1; node < nodes; node++) {
        const row = features.subarray(node * 28, node * 28 + 26);
        assert.equal(row.reduce((sum, value) => sum + value, 0), 4);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("collateMolecules() pads with zeros and masks the padding, down to the dummy alone", () => {
  const batch = collateMolecules([chemistry.featurize("CO"), dummyMolecule(), chemistry.featurize("C")]);
  assert.deepEqual([batch.batch, batch.nodes], [3, 3]);
  assert.deepEqual([...batch.mask], [1, 1, 1, 1, 0, 0, 1, 1, 0]);
  assert.deepEqual([...batch.distance.subarray(9, 18)], [1e6, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...batch.adjacency.subarray(18)], [0, 0, 0, 0, 1, 0, 0, 0, 0]);
  assert.equal(batch.features[3 * 28], 1);
  assert.deepEqual(collateMolecules([]).nodes, 0);
});

Deno.test("conformers give distances in mode file, others fall back, and misfits are named", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perturbine-molecules-" });
  try {
    const path = join(folder, "conformers.safetensors");
    const write = async (smiles: unknown, xyz: number[], offsets: number[]) => {
      await Deno.writeFile(
        path,
        writeSafetensors(
          new Map([
            ["xyz", { dtype: "F32", shape: [xyz.length / 3, 3], data: Float32Array.from(xyz) }],
            ["atom_offset", { dtype: "I32", shape: [offsets.length], data: Int32Array.from(offsets) }],
          ]),
        ),
      );
      await Deno.writeTextFile(join(folder, "conformers.smiles.json"), JSON.stringify(smiles));
    };
    await write(["CO", "[Na+]"], [0, 0, 0, 3, 4, 0, 1, 1, 1], [0, 2, 3]);
    const conformers = await readConformers(path);
    const methanol = chemistry.featurize("CO", { conformers, distances: "path" });
    assert.equal(methanol.distanceMode, "file");
    assert.deepEqual([...methanol.distance], [1e6, 1e6, 1e6, 1e6, 0, 5, 1e6, 5, 0]);
    assert.equal(chemistry.featurize("OC", { conformers, distances: "path" }).distanceMode, "path");

    await write(["CO", "CC[Na]"], [0, 0, 0, 3, 4, 0, 1, 1, 1], [0, 2, 3]);
    const misfit = await readConformers(path);
    assert.throws(() => chemistry.featurize("CC[Na]", { conformers: misfit }), {
      message:
        `${path}, molecule "CC[Na]": 1 atoms, expected 3 (those of the SMILES, hydrogens left out); write the ` +
        "conformer again.",
    });
    const refused = async (pattern: RegExp) =>
      await assert.rejects(
        readConformers(path),
        (error: unknown) => error instanceof UserError && pattern.test(error.message),
      );
    await write(["CO"], [0, 0, 0, 3, 4, 0, 1, 1, 1], [0, 2, 3]);
    await refused(/2 molecules, but .* lists 1 SMILES/);
    await write({ CO: 1 }, [0, 0, 0], [0, 1]);
    await refused(/expected a JSON list of SMILES/);
    await write(["C"], [0, NaN, 0], [0, 1]);
    await refused(/molecule 1 \("C"\).*finite coordinates/);
    await write(["C"], [0, 0, 0], [0, 9]);
    await refused(/atoms 0 to 9 of 1/);
    await Deno.writeFile(path, new Uint8Array(5));
    await refused(/conformers\.safetensors/);
    await Deno.remove(path);
    await refused(/does not exist/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("molecule features equal the golden files", async (t) => {
  const folder = goldensFolder("csg2a/features");
  if (folder === undefined) {
    console.log("skipped: goldens csg2a/features absent");
    return;
  }
  const root = join(folder, "..");
  const index = JSON.parse(await Deno.readTextFile(join(root, "index.json"))) as {
    name: string;
    kind: string;
  }[];
  for (const { name } of index.filter(({ kind }) => kind === "features")) {
    await t.step(name, async () => {
      const check = await checkFeatures(root, name);
      assert.ok(check.passed, `${check.worst} > ${check.tolerance}: ${check.detail}`);
    });
  }
});

Deno.test("the golden check of features fails on a changed feature, bond or molecule", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perturbine-features-" });
  try {
    const write = async (smiles: string[], change: (batch: ReturnType<typeof collateMolecules>) => void) => {
      const batch = collateMolecules(["CCO", "C"].map((text) => chemistry.featurize(text)));
      change(batch);
      const { batch: count, nodes } = batch;
      const square = [count, nodes, nodes];
      const tensors = writeSafetensors(
        new Map<string, StoredTensor>([
          ["out.node", { dtype: "F32", shape: [count, nodes, 28], data: batch.features }],
          ["out.adj", { dtype: "F32", shape: square, data: batch.adjacency }],
          ["out.dist", { dtype: "F32", shape: square, data: batch.distance }],
          ["out.mask", { dtype: "I32", shape: [count, nodes], data: batch.mask }],
        ]),
      );
      await Deno.writeFile(join(folder, "batch.safetensors"), tensors);
      const manifest = { file: "batch.safetensors", kind: "features", config: { smiles } };
      await Deno.writeTextFile(join(folder, "batch.json"), JSON.stringify(manifest));
      return (await checkFeatures(folder, "batch")).passed;
    };
    assert.equal(await write(["CCO", "C"], () => {}), true);
    assert.equal(await write(["CCO", "C"], (batch) => batch.features[29] = 1), false);
    assert.equal(await write(["CCO", "C"], (batch) => batch.adjacency[7] = 1), false);
    assert.equal(await write(["CCO", "C"], (batch) => batch.mask[7] = 1), false);
    assert.equal(await write(["CCO", "C"], (batch) => batch.distance[31] = 1), false);
    assert.equal(await write(["CCN", "C"], () => {}), false);
    assert.equal(await write(["CCO", "xx"], () => {}), false);
    assert.equal(await write(["CCO"], () => {}), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

sharedTest(
  "data/csg2a/toy_conformers.safetensors",
  "the rule stays near real conformers in what the encoder sees, and nearer than counting bonds",
  async () => {
    const conformers = await readConformers(
      new URL("data/csg2a/toy_conformers.safetensors", sharedFolder).pathname,
    );
    const medians = (["rule", "path"] as const).map((distances) => {
      const changes = [...conformers.coordinates.keys()].map((smiles) =>
        distanceChange(
          chemistry.featurize(smiles, { distances }),
          chemistry.featurize(smiles, { conformers }).distance,
        )
      ).sort((a, b) => a - b);
      return changes[changes.length >> 1];
    });
    // Measured on the 533 molecules: 2.3 % and 7.7 % (self terms included; 5.0 % for the rule without them).
    assert.ok(medians[0] < 0.03 && medians[1] < 0.09 && medians[0] < medians[1], String(medians));
  },
);
