import assert from "node:assert/strict";
import { join } from "node:path";
import type { Dataset } from "../../../datasets/dataset.ts";
import type { ProfileInputs } from "../../../datasets/layouts/basal_profiles/inputs.ts";
import { layoutNamed, layouts } from "../../../datasets/layouts/mod.ts";
import { simulateL1000, writeFinetuningFolder, writePretrainingFolder } from "../../../datasets/mod.ts";
import { writeBadgerFolder } from "../../../datasets/badger/simulate_badger_folder.ts";
import { simulateGraph } from "../../../datasets/knowledge_graph/simulate_graph.ts";
import { writeKnowledgeFolder } from "../../../datasets/knowledge_graph/write_knowledge_folder.ts";
import type { BadgerData } from "../../../datasets/badger/types.ts";

const simulator = {
  genes: 163,
  cells: 3,
  drugs: 7,
  decoys: 2,
  doses: [0.5, 10],
  times: [24],
  replicates: 2,
  responseCells: 5,
};
const context = { identity: "parent" } as const;

/** A folder of each layout from the simulator, changed by `change` before `use` reads it. */
async function withFolder(
  layout: string,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const all = simulateL1000(simulator);
    if (layout === "profiles") await writePretrainingFolder(folder, all.pretraining);
    if (layout === "response") await writeFinetuningFolder(folder, all.finetuning);
    if (layout === "knowledge-graph") {
      await writeKnowledgeFolder(folder, { rows: all.pretraining, ...simulateGraph(simulator) });
    }
    if (layout === "signatures") await writeBadgerFolder(folder, { simulator, pathwayWidth: 12 });
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const before = await Deno.readTextFile(path), after = change(before);
  assert.notEqual(after, before, "the edit changes the file");
  await Deno.writeTextFile(path, after);
}

/** Another value in the first row below the header: of ln IC50 the second column, of all others the last. */
function otherValue(text: string): string {
  const lines = text.split("\n");
  const at = lines[0].split(",").indexOf("IC50");
  const cells = lines[1].split(",");
  const column = at < 0 ? cells.length - 1 : at;
  cells[column] = String(Number(cells[column]) + 0.5);
  lines[1] = cells.join(",");
  return lines.join("\n");
}

/** Whether the layout asks for interactions among genes. */
function hasInteractions(layout: string): boolean {
  return layout === "profiles" || layout === "response";
}

function read(layout: string, folder: string, settings: Record<string, unknown> = {}): Promise<Dataset> {
  const { settings: schema, read } = layoutNamed(layout);
  const ppi = hasInteractions(layout) ? { ppi: "identity" } : {};
  return read(folder, schema.parse({ ...ppi, ...settings }), context);
}

for (const { name } of layouts) {
  Deno.test(`${name}: a folder reads as the simulator gives it, every row named once and in one condition`, async () => {
    await withFolder(name, async (folder) => {
      const data = await read(name, folder);
      const { simulate, settings } = layoutNamed(name);
      const options = name === "signatures" ? { ...simulator, pathwayWidth: 12 } : simulator;
      const ppi = hasInteractions(name) ? { ppi: "identity" } : {};
      const simulated: Dataset = await simulate(options, settings.parse(ppi), context);
      for (const one of [data, simulated]) {
        assert.equal(one.layout, name);
        assert.equal(new Set(one.rowNames).size, one.rows);
        assert.equal(one.truth!.rows, one.rows);
        assert.equal(one.truth!.columns, one.outputs.names.length);
        for (const { of, ids, names } of [one.drug, one.cell]) {
          assert.equal(of.length, one.rows);
          assert.deepEqual(new Set(of), new Set(ids.keys()));
          assert.equal(names.length, ids.length);
        }
        assert.equal(one.structures.length, one.drug.ids.length);
        assert.equal(one.condition.length, one.rows);
        assert.ok([...one.dose, ...one.time].every((value) => value > 0));
      }
      const rows = Uint32Array.of(3, 0);
      assert.deepEqual(data.truth!.take(rows), simulated.truth!.take(rows));
      assert.deepEqual([data.drug.ids, data.cell.ids], [simulated.drug.ids, simulated.cell.ids]);
      assert.equal(simulated.files.length, 0);
      assert.ok(data.files.length >= 2);
      for (const { name: file, bytes, sha256 } of data.files) {
        const content = await Deno.readFile(join(folder, file));
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
        assert.deepEqual([content.length, digest], [bytes, sha256]);
      }
    });
  });

  Deno.test(`${name}: the fingerprint is that of the content, and any value that changes changes it`, async () => {
    const table = {
      profiles: "gex_comp.csv",
      "knowledge-graph": "gex_comp.csv",
      response: "label.csv",
      signatures: "chemical_signatures_badger.csv",
    }[name]!;
    await withFolder(name, async (folder) => {
      // The first signature may be one that the filters leave out.
      const settings = name === "signatures" ? { minTas: "off", requireQc: false } : {};
      const before = (await read(name, folder, settings)).fingerprint;
      assert.equal((await read(name, folder, settings)).fingerprint, before);
      await edit(join(folder, table), otherValue);
      assert.notEqual((await read(name, folder, settings)).fingerprint, before);
    });
  });

  Deno.test(`${name}: respelled cell lines are one, and a note says so`, async () => {
    const table = {
      profiles: "condition_table.csv",
      "knowledge-graph": "condition_table.csv",
      response: "label.csv",
      signatures: "chemical_signatures_badger.csv",
    }[name]!;
    await withFolder(name, async (folder) => {
      const before = await read(name, folder), line = before.cell.names[0];
      const respelled = `${line[0].toLowerCase()}-${line.slice(1)}`;
      let count = 0;
      await edit(
        join(folder, table),
        (text) => text.replaceAll(`,${line},`, (match) => count++ % 2 ? match : `,${respelled},`),
      );
      if (name === "signatures") {
        const similarity = join(folder, "cell_embeddings_similarity.csv");
        await edit(similarity, (text) => {
          const row = text.split("\n").find((row) => row.startsWith(`${line},`))!;
          return `${text}${row.replace(line, respelled)}\n`;
        });
      }
      const after = await read(name, folder);
      assert.deepEqual([...after.cell.of], [...before.cell.of]);
      assert.equal(after.cell.merged.length, 1);
      assert.ok(
        after.notes.some((note) =>
          note.startsWith("1 cell line is written in several ways") && note.includes(respelled)
        ),
      );
    });
  });
}

Deno.test("a salt and its free base, and two spellings, are one drug in every layout", async () => {
  const smilesOf = (text: string, column: number) => text.split("\n")[1].split(",")[column];
  await withFolder("profiles", async (folder) => {
    const before = await read("profiles", folder);
    let count = 0;
    await edit(join(folder, "condition_table.csv"), (text) => {
      const smiles = smilesOf(text, 2);
      return text.replaceAll(`,${smiles},`, (match) => count++ % 2 ? match : `,${smiles}.Cl,`);
    });
    const after = await read("profiles", folder);
    assert.deepEqual([...after.drug.of], [...before.drug.of]);
    assert.deepEqual([...after.condition], [...before.condition]);
    assert.equal(after.drug.merged[0].spellings.length, 2);
    const inputs = after.inputs as ProfileInputs;
    assert.equal(
      inputs.molecules.length,
      before.drug.ids.length + 1,
      "the model still sees the molecules as written",
    );
    const apart = await layoutNamed("profiles").read(
      folder,
      layoutNamed("profiles").settings.parse({ ppi: "none" }),
      { identity: "canonical" },
    );
    // One name does not unite them here: the user asked for structures alone.
    assert.equal(apart.drug.ids.length, before.drug.ids.length + 1);
  });
  await withFolder("signatures", async (folder) => {
    const before = await read("signatures", folder);
    const id = (before.inputs as BadgerData).drugs[0].id;
    await edit(join(folder, "drug_smiles_badger.csv"), (text) => {
      const row = text.split("\n").find((line) => line.startsWith(`${id},`))!;
      return `${text}${
        row.replace(`${id},`, "OTHER,").replace(/,([^,]*),([^,]*)$/, ",$1.Cl,another name")
      }\n`;
    });
    let count = 0;
    await edit(
      join(folder, "chemical_signatures_badger.csv"),
      (text) => text.replaceAll(`,${id},`, (match) => count++ ? match : ",OTHER,"),
    );
    const after = await read("signatures", folder);
    assert.deepEqual([...after.drug.of], [...before.drug.of]);
    assert.deepEqual(after.drug.merged.map(({ spellings }) => spellings), [["OTHER", id]]);
  });
});

Deno.test("profiles: genes come in the order of a run, edges follow it, and a gene that is missing is named", async () => {
  await withFolder("profiles", async (folder) => {
    const before = await read("profiles", folder);
    const genes = [...before.outputs.names].reverse();
    const { read: readIn, settings } = layoutNamed("profiles");
    const after: Dataset<ProfileInputs> = await readIn(folder, settings.parse({ ppi: "identity" }), {
      ...context,
      genes,
    });
    assert.deepEqual(after.outputs.names, genes);
    assert.deepEqual(after.inputs.ppi.genes, genes);
    assert.deepEqual(after.truth!.take([2]).toReversed(), before.truth!.take([2]));
    assert.deepEqual(after.basal!.take([2]).toReversed(), before.basal!.take([2]));
    await assert.rejects(
      readIn(folder, settings.parse({ ppi: "identity" }), { ...context, genes: [...genes.slice(1), "NEW1"] }),
      { name: "UserError", message: /unknown to the model/ },
    );
  });
});

Deno.test("profiles: interactions are found, chosen, or refused by name", async () => {
  await withFolder("profiles", async (folder) => {
    const [a, b, c] = (await read("profiles", folder)).outputs.names;
    const ones = async (settings: Record<string, unknown>) =>
      (await read("profiles", folder, settings)).inputs as ProfileInputs;
    assert.equal((await ones({ ppi: "none" })).ppi.indices.length, 0);
    const { notes, inputNotes } = await read("profiles", folder, { ppi: "none" });
    assert.ok(inputNotes!.includes("No PPI edges: P is zero."));
    assert.doesNotMatch(notes.join(), /PPI/);
    assert.equal((await ones({ ppi: "identity" })).ppi.indices.length, 163);
    await assert.rejects(ones({ ppi: "auto" }), { message: /no STRING_edges\.csv .*--ppi none/ });
    await assert.rejects(ones({ ppi: "identity", ppiIdentity: false }), { message: /for P = 0 say none/ });
    const file = join(folder, "STRING_edges.csv");
    await Deno.writeTextFile(file, `source,target\n${a},${b}\n${b},${c}\n`);
    assert.equal((await ones({ ppi: "auto" })).ppi.indices.length, 163 + 4);
    assert.equal((await ones({ ppi: file, ppiIdentity: false })).ppi.indices.length, 4);
    const files = (await read("profiles", folder, { ppi: "auto" })).files.map(({ name }) => name);
    assert.deepEqual(files, ["condition_table.csv", "gex_DMSO.csv", "gex_comp.csv", "STRING_edges.csv"]);
    const { simulate, settings } = layoutNamed("profiles");
    const own = async (given: Record<string, unknown>) =>
      ((await simulate(simulator, settings.parse(given), context)) as Dataset<ProfileInputs>).inputs.ppi
        .indices.length;
    assert.equal(await own({}), await own({ ppiIdentity: false }) + 163);
  });
});

Deno.test("profiles: bad rows are refused all at once, or left out and listed", async () => {
  await withFolder("profiles", async (folder) => {
    await edit(join(folder, "condition_table.csv"), (text) => {
      const lines = text.split("\n");
      lines[2] = lines[2].replace(/,[^,]*(,[^,]*,[^,]*)$/, ",C1CC$1");
      lines[5] = lines[5].replace(/,[^,]*(,[^,]*,[^,]*)$/, ",xyz$1");
      lines[7] = lines[7].replace(/^[^,]*/, "much");
      return lines.join("\n");
    });
    await assert.rejects(read("profiles", folder), { message: /row 7 .*"much"/ });
    const left = await read("profiles", folder, { skipBad: true });
    assert.deepEqual(left.skipped.map(({ row }) => row), [7, 2, 5]);
    assert.equal(left.rowNames[1], "3", "rows keep the number that they have in the file");
    assert.ok(left.notes.includes("3 faulty rows were left out."));
  });
});

Deno.test("signatures: labels turned or doubled, another vector and another pathway change the fingerprint", async () => {
  await withFolder("signatures", async (folder) => {
    const before = await read("signatures", folder);
    const turned = await read("signatures", folder, { labels: "real_reverse" });
    assert.notEqual(turned.fingerprint, before.fingerprint);
    assert.deepEqual(turned.truth!.take([0]), before.truth!.take([0]).map((value) => -value));
    for (
      const file of [
        "cell_embeddings_similarity.csv",
        "gene_features_SIMULATED_163.csv",
        "pathway_embedding_simulated.csv",
      ]
    ) {
      const path = join(folder, file), text = await Deno.readTextFile(path);
      await edit(path, otherValue);
      assert.notEqual((await read("signatures", folder)).fingerprint, before.fingerprint, file);
      await Deno.writeTextFile(path, text);
    }
    assert.equal((await read("signatures", folder)).fingerprint, before.fingerprint);
  });
});

Deno.test("signatures: genes come in the order of a run, drug vectors in that of the drugs", async () => {
  await withFolder("signatures", async (folder) => {
    const before = await read("signatures", folder, { genes: 20 });
    assert.equal(before.outputs.names.length, 20);
    const genes = [...before.outputs.names].reverse();
    const { read: readIn, settings } = layoutNamed("signatures");
    const after: Dataset<BadgerData> = await readIn(folder, settings.parse({ genes: 20 }), {
      ...context,
      genes,
    });
    assert.deepEqual(after.truth!.take([1]).toReversed(), before.truth!.take([1]));
    assert.deepEqual(after.inputs.geneTable!.names, genes);
    await assert.rejects(readIn(folder, settings.parse({}), { ...context, genes }), {
      message: /unknown to the model/,
    });
    const ids = after.inputs.drugs.map(({ id }) => id);
    const vectors = join(folder, "vectors.csv");
    await Deno.writeTextFile(
      vectors,
      ["pert_id,a,b", ...ids.toReversed().map((id, k) => `${id},${k},1`)].join("\n") + "\n",
    );
    const given = (await read("signatures", folder, { drugVectors: vectors })).inputs as BadgerData;
    assert.deepEqual([given.drugVectors!.names, given.drugVectors!.values[0]], [ids, ids.length - 1]);
  });
});

Deno.test("layoutNamed() names the nearest layout for one that it does not know", () => {
  assert.throws(() => layoutNamed("signature"), { name: "UserError", message: /did you mean signatures\?/ });
});
