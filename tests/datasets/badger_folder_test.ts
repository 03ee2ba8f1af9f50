import assert from "node:assert/strict";
import { join } from "node:path";
import { cellSimilarity, embedCell } from "../../datasets/badger/cell_similarity.ts";
import { collateFragments } from "../support/collate_fragments.ts";
import { checkTableWidth, pickRows } from "../../datasets/badger/feature_tables.ts";
import { metaVectors } from "../../datasets/badger/meta_vectors.ts";
import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import { readDrugVectors } from "../../datasets/badger/read_drug_vectors.ts";
import { readFeatureTable } from "../../datasets/badger/read_feature_table.ts";
import { selectBadgerGenes, selectBadgerRows } from "../../datasets/badger/select_badger.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { prepareBadgerFolder, UserError } from "../../datasets/mod.ts";
import { badgerHostChecks } from "../golden/badger_host.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

/** A complete folder of three drugs, two cell lines and three genes. */
const files: Readonly<Record<string, string>> = {
  "chemical_signatures_badger.csv":
    "sig_id,pert_id,cell_id,pert_idose,tas_score,qc_pass,pert_itime,TP53,AARS1,MYC\n" +
    "s1,D1,L1,10 uM,0.5,1,24 h,1,2,3\n" +
    "s2,D1,L2,10 uM,0.50,1,24 h,4,5,6\n" +
    "s3,D2,L2,1 uM,0.2,1,24 h,7,8,9\n" +
    "s4,D2,L2,1 uM,0.9,0,24 h,1,1,1\n" +
    "s5,D2,L1,1 uM,0.9,1,24 h,-1,-2,-3\n" +
    "s6,D1,L1,10 uM,0.5,1,24 h,9,9,9\n" +
    "s7,D3,L1,10 uM,0.7,1,6 h,0,1,0\n",
  "drug_smiles_badger.csv":
    "pert_id,smiles,pert_iname\nD1,CCOC(=O)c1ccccc1N,benzocaine\nD2,COCCOC,\nD3,CC,ethane\n",
  "cell_embeddings_similarity.csv": ",L1,L2\nL1,1,0.25\nL2,0.25,1\n",
  "gene_features_GENE2VEC_3.csv": "MYC,1,2\nTP53,3,4\nAARS1,5,6\n",
  "drug_target_information_msig.csv": "pert_id,pathway\nD1,B\nD1,A\nD1,UNKNOWN\nD2,\nD9,C\n",
  "pathway_embedding_msig.csv": "pathway,0,1\nC,5,6\nA,1,2\nB,3,4\n",
};

async function withFolder(
  changes: Readonly<Record<string, string | undefined>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries({ ...files, ...changes })) {
      if (text !== undefined) await Deno.writeTextFile(join(folder, name), text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The message of the UserError that reading a changed folder ends in. */
async function faultOf(
  changes: Readonly<Record<string, string | undefined>>,
  options: Parameters<typeof readBadgerFolder>[1] = {},
): Promise<string> {
  let message = "";
  await withFolder(changes, async (folder) => {
    const error = await readBadgerFolder(folder, options).then(() => undefined, (reason) => reason);
    assert(error instanceof UserError, String(error));
    message = error.message.replaceAll(`${folder}/`, "").replaceAll(folder, "FOLDER");
    assert(/^[^\n]+([.]|:(\n {2}[^\n]+)+)$/.test(message), message);
  });
  return message;
}

Deno.test("readBadgerFolder() filters, sorts genes, and takes lists before repeated conditions are dropped", async () => {
  await withFolder({}, async (folder) => {
    const data = await readBadgerFolder(folder);
    assert.deepEqual(data.genes, ["AARS1", "MYC", "TP53"]);
    // s3 is not above 0.2, s4 failed quality control, s6 repeats s1.
    assert.deepEqual(data.signatureIds, ["s1", "s2", "s5", "s7"]);
    assert.deepEqual([...data.labels.subarray(0, 6)], [2, 3, 1, 5, 6, 4]);
    assert.deepEqual(data.counts, { read: 7, selected: 7, active: 6, passed: 5, distinct: 4, usable: 4 });
    assert.deepEqual(data.lists, {
      cells: ["L1", "L2", "UNK"],
      drugs: ["D1", "D2", "D3", "UNK"],
      doses: ["10 uM", "1 uM", "UNK"],
    });
    assert.deepEqual(data.drugs.map(({ name }) => name), ["benzocaine", "D2", "ethane"]);
    assert.deepEqual([...data.geneTable!.values], [5, 6, 1, 2, 3, 4]);
    const { pathways } = data;
    assert.deepEqual([pathways!.names, pathways!.dropped], [["A", "B", "C"], "UNKNOWN"]);
    assert.deepEqual([...pathways!.labels], [1, 1, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...pathways!.table!.values], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...data.cellVectors!.values], [1, 0.25, 0.25, 1]);
    const meta = metaVectors(data, ["cell", "dose"]);
    assert.equal(meta.width, 6);
    assert.deepEqual([...meta.values.subarray(6, 12)], [0, 1, 0, 1, 0, 0]);
  });
});

Deno.test("readBadgerFolder() obeys its switches", async () => {
  await withFolder({}, async (folder) => {
    const all = await readBadgerFolder(folder, {
      minTas: null,
      requireQc: false,
      labelType: "real_reverse",
      genes: 2,
    });
    assert.equal(all.rows, 6);
    assert.deepEqual([...all.labels.subarray(0, 2)], [-2, -3]);
    assert.deepEqual([all.genes, all.geneTable!.names], [["AARS1", "MYC"], ["AARS1", "MYC"]]);
    const chosen = await readBadgerFolder(folder, { drugs: ["D2"], cellVectors: "none" });
    assert.deepEqual([chosen.rows, chosen.cellVectors], [1, undefined]);
    const sets = await readBadgerFolder(folder),
      multisets = await readBadgerFolder(folder, { fragments: "multiset" });
    const slots = (data: typeof sets) => data.drugs.map(({ fragmentBits }) => fragmentBits.length);
    // The two methoxy groups of dimethoxyethane are one fragment in the set.
    assert.deepEqual(slots(sets), [4, 2, 1]);
    assert.deepEqual(multisets.drugs[1].fragments, ["[3*]OC", "[3*]OC", "[4*]CC[4*]"]);
    const batch = collateFragments(sets.drugs, 6);
    assert.deepEqual([...batch.mask.subarray(12)], [1, 0, 0, 0, 0, 0]);
    assert.equal(
      batch.bits.reduce((sum, bit) => sum + bit, 0),
      sets.drugs.flatMap(({ fragmentBits }) => [...fragmentBits])
        .reduce((sum, bits) => sum + bits.length, 0),
    );
    assert.throws(() => collateFragments(sets.drugs, 2), /expected at most 2/);
  });
  await withFolder({
    "drug_target_information_msig.csv": "pert_id,pathway\nD1,ZINC\nD2,\n",
    "pathway_embedding_msig.csv": undefined,
  }, async (folder) => {
    const released = await readBadgerFolder(folder),
      unknown = await readBadgerFolder(folder, { lastPathway: "unknown" });
    assert.deepEqual([released.pathways!.dropped, [...released.pathways!.labels]], ["ZINC", [0, 1, 0]]);
    assert.deepEqual([unknown.pathways!.dropped, [...unknown.pathways!.labels]], ["UNKNOWN", [1, 0, 0]]);
    assert.equal(released.pathways!.table, undefined);
  });
  await withFolder({
    "gene_features_GENE2VEC_3.csv": undefined,
    "drug_target_information_msig.csv": undefined,
    "pathway_embedding_msig.csv": undefined,
  }, async (folder) => {
    const bare = await readBadgerFolder(folder);
    assert.deepEqual([bare.geneTable, bare.pathways], [undefined, undefined]);
  });
});

Deno.test("readBadgerFolder() names file, row and expectation of what is wrong", async () => {
  const signatures = files["chemical_signatures_badger.csv"];
  const name = "chemical_signatures_badger.csv";
  assert.match(
    await faultOf({ [name]: signatures.replace("s2,D1,L2", "s2,D1,L22") }),
    /^chemical_signatures_badger.csv, row 2, column cell_id: found the cell line "L22", which has no vector in cell_embeddings_similarity.csv, expected one of its 2 cell lines; did you mean "L2"\?/,
  );
  assert.match(
    await faultOf({ [name]: signatures.replace("s7,D3", "s7,D4") }),
    /row 7, column pert_id: found the drug "D4", which has no SMILES in drug_smiles_badger.csv, expected a structure/,
  );
  assert.match(
    await faultOf({ "drug_smiles_badger.csv": files["drug_smiles_badger.csv"].replace("COCCOC", "COC(COC") }),
    /^drug_smiles_badger.csv, row 2, column smiles: found "COC\(COC", which cannot be parsed \(a parenthesis is opened and never closed\), expected a valid SMILES for the drug "D2"/,
  );
  const all = await faultOf({
    [name]: signatures.replace("s2,D1,L2", "s2,D1,L22").replace("s7,D3", "s7,D4"),
    "drug_smiles_badger.csv": files["drug_smiles_badger.csv"].replace("COCCOC", "COC(COC"),
  });
  assert.match(
    all,
    /signatures cannot be used, for 3 reasons; mend each, or leave such signatures out with --skip-bad:\n/,
  );
  for (
    const reason of [
      "the cell line L22 has no vector",
      "the drug D4 has no SMILES",
      "of the drug D2 cannot be parsed",
    ]
  ) {
    assert.ok(all.split("\n").slice(1).some((line) => line.includes(reason)), all);
  }
  assert.match(
    await faultOf({ "gene_features_GENE2VEC_3.csv": "MYCN,1,2\nTP53,3,4\nAARS1,5,6\n" }),
    /^gene_features_GENE2VEC_3.csv: 3 rows, but none for the gene "MYC" of chemical_signatures_badger.csv, expected one row for each of its 3 genes; row 1 is "MYCN"/,
  );
  assert.match(
    await faultOf({ "gene_features_GENE2VEC_3.csv": "MYC,1,2\nTP53,3\nAARS1,5,6\n" }),
    /^gene_features_GENE2VEC_3.csv, row 2 \(line 2\): found 2 values, expected 3 values/,
  );
  assert.match(
    await faultOf({ "pathway_embedding_msig.csv": "pathway,0\nA,1\nB,2\nX,3\n" }),
    /^pathway_embedding_msig.csv, row 3: found "X", expected the 3 pathways of the labels in drug_target_information_msig.csv and no other/,
  );
  assert.match(
    await faultOf({ "pathway_embedding_msig.csv": "pathway,0\nA,1\nB,2\n" }),
    /^pathway_embedding_msig.csv: 2 rows, but none for the pathway "C"/,
  );
  assert.match(
    await faultOf({ "cell_embeddings_similarity.csv": ",L1,L2\nL1,1,0.25\nL1,0.25,1\n" }),
    /^cell_embeddings_similarity.csv, row 2 \(line 3\): found the cell line "L1" again \(first in row 1\)/,
  );
  assert.match(
    await faultOf({ [name]: signatures.replace("0.9,0", ",0") }),
    /row 4, column tas_score: found "", expected a number to filter by; fill it in, or give --min-tas none/,
  );
  assert.match(
    await faultOf({ [name]: signatures.replace("qc_pass", "quality") }, { minTas: null }),
    /header: the column qc_pass is missing, .* or give --no-qc/,
  );
  assert.match(
    await faultOf({ [name]: signatures.replace("24 h,7", "24 h,high") }),
    /row 3 \(line 4\), column TP53: found "high"/,
  );
  assert.match(await faultOf({ [name]: signatures.replace("MYC", "TP53") }), /"TP53" twice/);
  assert.match(await faultOf({}, { minTas: 5 }), /no signature is left of 7 .* 0 with a tas_score above 5/);
  assert.match(await faultOf({}, { geneTable: "GO" }), /no file for --gene-table GO.* found "GENE2VEC"/);
  assert.match(
    await faultOf({ "gene_features_GO_3.csv": "A,1\n" }),
    /found .*, expected one; choose with --gene-table \(GENE2VEC, GO\)/,
  );
  assert.match(
    await faultOf({ "prepared.json": "{}" }),
    /^prepared.json: found no record of a prepared folder/,
  );
  await assert.rejects(readBadgerFolder("/nowhere/at/all"), /the data folder does not exist/);
});

Deno.test("readBadgerFolder() skips what cannot be used when asked to, and says what", async () => {
  const changed = files["chemical_signatures_badger.csv"].replace("s2,D1,L2", "s2,D1,L9").replace(
    "s7,D3",
    "s7,D9",
  );
  await withFolder({ "chemical_signatures_badger.csv": changed }, async (folder) => {
    const data = await readBadgerFolder(folder, { skipBad: true });
    assert.deepEqual(data.signatureIds, ["s1", "s5"]);
    assert.deepEqual(data.skipped.map(({ row }) => row), [2, 7]);
    assert.deepEqual(data.lists.drugs, ["D1", "D2", "D9", "UNK"]);
  });
});

Deno.test("selectBadgerRows() and selectBadgerGenes() keep rows together", async () => {
  await withFolder({}, async (folder) => {
    const data = await readBadgerFolder(folder);
    const part = selectBadgerRows(data, [3, 0]);
    assert.deepEqual([part.signatureIds, [...part.labels]], [["s7", "s1"], [1, 0, 0, 2, 3, 1]]);
    assert.deepEqual([...selectBadgerGenes(data, ["TP53"]).labels], [1, 4, -1, 0]);
    assert.throws(() => selectBadgerGenes(data, ["ABC"]), /the gene ABC is not among its 3 genes/);
    await Deno.writeTextFile(join(folder, "vectors.csv"), "pert_id,a\nD3,3\nD1,1\nD2,2\n");
    assert.deepEqual([...(await readDrugVectors(join(folder, "vectors.csv"), data)).values], [1, 2, 3]);
    assert.throws(
      () => checkTableWidth(data.geneTable!, 200, "as the run was trained"),
      /row 1: found 2 numbers .* expected 200/,
    );
  });
});

Deno.test("prepareBadgerFolder() turns odd tables into the layout and refuses to guess", async () => {
  const odd = {
    "part_a.csv":
      "sig_id,pert_id,pert_type,cell_id,pert_idose,pert_itime,tas_score,qc_pass,n_rep,TP53,AARS1\n" +
      "a1,D1,trt_cp,L2,10 um,24 h,,,1,0.5,1.25\n",
    "part_b.csv":
      "sig_id,pert_id,cell_id,pert_idose,pert_itime,tas_score,qc_pass,n_rep,pert_type,AARS1,TP53\n" +
      "b1,D2,L1,1 um,24 h,0.1,,2,trt_cp,2,-3\n" +
      "b2,D2,L7,1 um,24 h,0.1,,2,trt_cp,2,-3\n",
    "controls.csv": "cell_id,TP53,AARS1,MYC\nL2,3,2,1\nL1,1,2,3\n",
  };
  await withFolder(odd, async (folder) => {
    const at = (name: string) => join(folder, name);
    const options = {
      output: at("made"),
      signatures: [at("part_a.csv"), at("part_b.csv")],
      otherColumns: ["pert_type", "n_rep"],
      smiles: at("drug_smiles_badger.csv"),
      controls: at("controls.csv"),
      geneVectors: at("gene_features_GENE2VEC_3.csv"),
      targets: at("drug_target_information_msig.csv"),
      minTas: null,
      requireQc: false,
    };
    await assert.rejects(
      prepareBadgerFolder({ ...options, otherColumns: [] }),
      /none for the gene "n_rep"/,
    );
    await assert.rejects(
      prepareBadgerFolder({ ...options, otherColumns: ["pert_type"] }),
      /none for the gene "n_rep"/,
    );
    await assert.rejects(
      prepareBadgerFolder(options),
      /part_b.csv, row 2, column cell_id: found the cell line "L7"/,
    );
    await assert.rejects(
      prepareBadgerFolder({ ...options, minTas: 0.2 }),
      /part_a.csv, row 1, column tas_score: found ""/,
    );
    await assert.rejects(
      prepareBadgerFolder({ ...options, doses: ["10 uM"] }),
      /no signature of the dose "10 uM", expected one of "1 um", "10 um"/,
    );
    await assert.rejects(
      prepareBadgerFolder({ ...options, controls: undefined }),
      /No cell vectors: expected a similarity table/,
    );
    // Tables of what the folder held before: they would be read beside the new ones.
    await Deno.mkdir(at("made"));
    const stale = [
      "gene_features_OLD_978.csv",
      "drug_target_information_old.csv",
      "cell_embeddings_scgpt.csv",
    ];
    for (const name of [...stale, "notes.txt"]) await Deno.writeTextFile(at(`made/${name}`), "a,b\n");
    const made = await prepareBadgerFolder({ ...options, skipBad: true });
    const names = [...Deno.readDirSync(at("made"))].map(({ name }) => name);
    assert.deepEqual(stale.filter((name) => names.includes(name)), []);
    assert.ok(names.includes("notes.txt") && names.includes("prepared.json"));
    assert.deepEqual(made.leftOut, [{ reason: "the cell line L7 has no vector", signatures: 1 }]);
    assert.deepEqual(made.sizes, { genes: 2, drugs: 2, cells: 2, cellWidth: 2, geneWidth: 2, pathways: 3 });
    // The folder remembers its filters: empty quality columns are not refused.
    const data = await readBadgerFolder(at("made"));
    assert.deepEqual([data.signatureIds, [...data.labels]], [["a1", "b1"], [1.25, 0.5, 2, -3]]);
    assert.deepEqual([data.cellVectors!.columns, [...data.cellVectors!.values]], [["L1", "L2"], [
      -1,
      1,
      1,
      -1,
    ]]);
    assert.equal(data.pathways!.table, undefined);
    await assert.rejects(readBadgerFolder(at("made"), { minTas: 0.2 }), /column tas_score: found ""/);

    const controls = await readFeatureTable(at("made/cell_ctl_exp.csv"), { rowsAre: "cell line" });
    const profile = new Map([["MYC", 30], ["AARS1", 20], ["TP53", 5]]);
    assert.deepEqual([...embedCell(profile, controls, ["L1", "L2"])], [1, -1]);
    assert.throws(() => embedCell(new Map([["MYC", 1]]), controls, ["L1"]), /lacks 2 of the 3 genes/);
  });
});

Deno.test("writeBadgerFolder() gives a folder that every reader option takes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const small = { cells: 5, drugs: 6, decoys: 0, responseCells: 7, genes: 161 };
    const { signatures, active } = await writeBadgerFolder(folder, { simulator: small, pathwayWidth: 32 });
    assert.equal(signatures, 30);
    const data = await readBadgerFolder(folder);
    assert.equal(data.rows, active);
    assert(active >= 8, `${active} of ${signatures} signatures are active`);
    assert.deepEqual([data.genes.length, data.cellVectors!.width, data.pathways!.table!.width], [161, 7, 32]);
    assert.equal(data.pathways!.dropped, "UNKNOWN");
    for (const { id } of data.drugs) assert.match(id, /^SIM-D\d{3}$/);
    const first = await Deno.readTextFile(join(folder, "chemical_signatures_badger.csv"));
    await writeBadgerFolder(folder, { simulator: small, pathwayWidth: 32 });
    assert.equal(await Deno.readTextFile(join(folder, "chemical_signatures_badger.csv")), first);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

sharedTest("goldens/badger", "the host goldens of BADGER agree", async () => {
  for (const [name, check] of Object.entries(badgerHostChecks)) {
    const checks = await check(new URL("goldens/badger", sharedFolder).pathname);
    assert(checks.length > 0, name);
    assert.deepEqual(
      checks.filter(({ passed }) => !passed).map((entry) => `${entry.name}: ${entry.detail}`),
      [],
      name,
    );
  }
});

sharedTest(
  "data/l1000-basal/basal_robust_z.csv",
  "cellSimilarity() gives the similarity table of the real slices",
  async () => {
    const path = (name: string) => new URL(`data/${name}`, sharedFolder).pathname;
    const found = cellSimilarity(
      await readFeatureTable(path("l1000-basal/basal_robust_z.csv"), { rowsAre: "cell line" }),
    );
    const expected = await readFeatureTable(path("badger-format/cell_embeddings_similarity.csv"), {
      rowsAre: "cell line",
    });
    // The file has one line at the end that sorts elsewhere.
    const column = found.columns!.map((name) => expected.columns!.indexOf(name));
    const { values } = pickRows(expected, found.names, "cell line", "the test");
    const { width } = expected;
    const worst = found.values.reduce((most, value, i) => {
      const reference = values[Math.floor(i / width) * width + column[i % width]];
      return Math.max(most, Math.abs(value - reference));
    }, 0);
    // The profiles are rounded to three decimals, the correlations were taken before.
    assert(worst < 1e-3, String(worst));
  },
);
