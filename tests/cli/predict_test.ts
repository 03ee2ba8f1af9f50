import assert from "node:assert/strict";
import { join } from "node:path";
import { inWorkspace, perturbine } from "./in_process.ts";

const aspirin = "CC(=O)Oc1ccccc1C(=O)O";

async function linesOf(path: string): Promise<string[][]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => line.split(","));
}

Deno.test("predict writes one profile a condition with the columns of its file, and nothing when a SMILES is bad", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), input = join(folder, "in.csv"), output = join(folder, "out.csv");
    const trained = await perturbine("train", "ridge", "--data", join(folder, "pre"), "--out", run);
    assert.equal(trained.code, 0, trained.err);
    assert.doesNotMatch(trained.out, /PPI|interactions|distances/, "ridge looks at the row table alone");
    const genes = (await Deno.readTextFile(join(run, "genes.txt"))).trimEnd().split("\n");
    const row = (name: string, smiles: string) =>
      `10,${smiles},${name},24,${genes.map((_, k) => k / 100).join(",")}\n`;
    const header = `dose,smiles,drug_name,time,${genes.join(",")}\n`;
    await Deno.writeTextFile(
      input,
      header + row("a", "CCO") + row("b", "C1CC") + row("c", "c1ccccc1") + row("d", "CC(C"),
    );
    const refused = await perturbine("predict", run, input, "--out", output);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /2 SMILES cannot be parsed[^]*row 2: "C1CC"[^]*row 4: "CC\(C"/);
    await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
    const skipped = await perturbine("predict", run, input, "--out", output, "--skip-bad", "--json");
    assert.equal(skipped.code, 0, skipped.err);
    const { rows, skipped: left } = JSON.parse(skipped.out);
    assert.deepEqual([rows, left], [2, 2]);
    const [head, ...body] = await linesOf(output);
    const column = (name: string) => body.map((cells) => cells[head.indexOf(name)]);
    assert.deepEqual(column("row"), ["1", "3"]);
    assert.deepEqual(column("drug_name"), ["a", "c"]);
    assert.deepEqual(column("smiles"), ["CCO", "c1ccccc1"]);
    assert.deepEqual(head.slice(-genes.length), genes);
    assert.match(await Deno.readTextFile(`${output}.skipped.json`), /C1CC/);
  });
});

Deno.test("predict takes a cell line by its name, and a grid of drugs, doses, times and cell lines", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), pre = join(folder, "pre"), out = join(folder, "out.csv");
    const trained = await perturbine("train", "ridge", "--data", pre, "--out", run);
    assert.equal(trained.code, 0, trained.err);
    const [head, first] = await linesOf(join(pre, "condition_table.csv"));
    const cell = first[head.indexOf("cell_id")];

    const short = join(folder, "short.csv");
    await Deno.writeTextFile(short, `smiles,dose,time\n${aspirin},10,24\n`);
    const named = await perturbine("predict", run, short, "--cell", cell, "--out", out);
    assert.equal(named.code, 0, named.err);
    const [, ofCell] = await linesOf(out);
    const unknown = await perturbine("predict", run, short, "--cell", "NOWHERE", "--out", out);
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /NOWHERE/);

    const drugs = join(folder, "drugs.csv");
    // What is no structure at all is listed with what cannot be parsed, by its row in the file.
    await Deno.writeTextFile(drugs, `name,smiles\nnone,\nring,C1CC\naspirin,${aspirin}\nhidden,restricted\n`);
    const faulty = await perturbine("predict", run, "--drugs", drugs, "--cells", cell, "--out", out);
    assert.match(
      faulty.err,
      /3 SMILES cannot be parsed[^]*row 1: ""[^]*row 2: "C1CC"[^]*row 4: "restricted"/,
    );
    const rest = await perturbine(
      "predict",
      run,
      "--drugs",
      drugs,
      "--cells",
      cell,
      "--out",
      out,
      "--skip-bad",
    );
    assert.equal(rest.code, 0, rest.err);
    const left = JSON.parse(await Deno.readTextFile(`${out}.skipped.json`));
    assert.deepEqual(left.map(({ row }: { row: number }) => row), [1, 2, 4]);

    await Deno.writeTextFile(drugs, `name,smiles\naspirin,${aspirin}\nethanol,CCO\n`);
    const grid = ["--drugs", drugs, "--doses", "1,10", "--times", "24", "--cells", cell];
    const all = await perturbine("predict", run, ...grid, "--out", out, "--json");
    assert.equal(all.code, 0, all.err);
    assert.equal(JSON.parse(all.out).rows, 4);
    const [header, ...body] = await linesOf(out);
    const at = (name: string) => header.indexOf(name);
    const same = body.find((cells) => cells[at("smiles")] === aspirin && cells[at("dose")] === "10")!;
    assert.deepEqual(same.slice(-160), ofCell.slice(-160), "the same condition by either way");
  });
});
