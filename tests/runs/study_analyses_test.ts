import assert from "node:assert/strict";
import { enrichedSets } from "../../datasets/statistics/enrichment.ts";
import { mapCorrelation } from "../../models/csg2a/map_correlation.ts";
import { inWorkspace, perturbine, tiny } from "../cli/in_process.ts";

Deno.test("enriched sets count genes of the universe alone, smallest p first, small sets not at all", () => {
  const universe = Array.from({ length: 40 }, (_, k) => `G${k}`);
  const set = (name: string, genes: readonly string[]) => ({ name, description: "", genes });
  const sets = [
    set("even", universe.filter((_, k) => k % 2 === 0)),
    set("first", [...universe.slice(0, 6), "ELSEWHERE"]),
    set("four", universe.slice(0, 4)),
  ];
  const [strongest, weakest, ...rest] = enrichedSets(
    ["G0", "G1", "G2", "G3", "G4", "UNKNOWN"],
    universe,
    sets,
  );
  assert.equal(rest.length, 0);
  assert.deepEqual([strongest.name, strongest.size, strongest.genes.length], ["first", 6, 5]);
  // All five drawn in a set of six of forty: C(6, 5) / C(40, 5).
  assert.ok(Math.abs(strongest.p - 6 / 658008) < 1e-12, `${strongest.p}`);
  assert.ok(Math.abs(strongest.adjusted - 2 * strongest.p) < 1e-12);
  assert.equal(weakest.genes.length, 3);
});

Deno.test("maps that differ by the graph alone are the same without it", () => {
  const genes = 5, graph = Float64Array.from({ length: 25 }, (_, at) => at % 6 === 0 || at % 7 === 3 ? 1 : 0);
  const map = Float64Array.from({ length: 25 }, (_, at) => (at * 7) % 11 / 3);
  const withGraph = map.map((value, at) => value + graph[at]);
  const shifted = map.map((value, at) => 2 * value + 1 + graph[at]);
  assert.ok(Math.abs(mapCorrelation(withGraph, shifted, genes, "full", graph) - 1) < 1e-12);
  assert.ok(mapCorrelation(withGraph, shifted, genes) < 1 - 1e-6);
  const diagonal = map.map((value, at) => at % 6 === 0 ? 100 : value);
  const other = map.map((value, at) => at % 6 === 0 ? 100 : -value);
  assert.ok(mapCorrelation(diagonal, other, genes) > 0.9);
  assert.ok(Math.abs(mapCorrelation(diagonal, other, genes, "off-diagonal") + 1) < 1e-12);
});

Deno.test("attention, deg and zeroshot look at finished runs, and export hands their predictions on", async () => {
  await inWorkspace(async (folder) => {
    const pre = `${folder}/runs/pre`, fine = `${folder}/runs/fine`;
    const short = ["--epochs", "1", "--patience", "0", "--batch", "16", "--quiet"];
    const run = async (...words: string[]) => {
      const done = await perturbine(...words);
      assert.equal(done.code, 0, done.err);
      return done.out;
    };
    await run("train", "csg2a", "--data", `${folder}/pre`, "--out", pre, ...tiny, ...short);
    await run("train", "csg2a-response", "--data", `${folder}/fine`, "--out", fine, "--from", pre, ...short);

    const table = `${folder}/predictions.csv`;
    assert.match(await run("export", fine, "--out", table), /\d+ rows of 1 written/);
    const [head, ...lines] = (await Deno.readTextFile(table)).trimEnd().split("\n");
    assert.match(head, /drug,smiles,dose,time,cell_id/);
    const drugAt = head.split(",").indexOf("drug");
    const drugs = [...new Set(lines.map((line) => line.split(",")[drugAt]))].slice(0, 2);
    assert.equal(drugs.length, 2);

    const genes = (await Deno.readTextFile(`${folder}/pre/gex_DMSO.csv`)).split("\n")[0].split(",");
    const gmt = `${folder}/sets.gmt`;
    await Deno.writeTextFile(
      gmt,
      `all\t\t${genes.join("\t")}\nsome\t\t${genes.slice(0, 9).join("\t")}\nsome\t\t${
        genes.slice(9, 19).join("\t")
      }\n`,
    );
    const out = `${folder}/attention`;
    const words = ["study", "attention", "--run", fine, "--gmt", gmt, "--out", out, "--json"];
    await run(...words, "--drugs", drugs.join(","));
    const { drugs: found, maps, top } = JSON.parse(await Deno.readTextFile(`${out}/study.json`));
    assert.equal(top, 1000);
    for (const { drug, pairs, sets, potent } of found) {
      assert.ok(drugs.includes(drug));
      assert.equal(pairs.length, 1000);
      assert.ok(
        pairs.every(({ score }: { score: number }, at: number) => at === 0 || score <= pairs[at - 1].score),
      );
      // Every gene is in the first set, so that its overlap is no evidence.
      assert.equal(sets.find(({ name }: { name: string }) => name === "all").p, 1);
      // WikiPathways has two pathways of one name: both are tested.
      assert.equal(sets.find(({ name }: { name: string }) => name === "some (2)").size, 10);
      assert.ok(potent.samples >= 1);
    }
    assert.equal(maps.length, 1);
    const { full, offDiagonal, withoutGraph } = maps[0];
    assert.ok([full, offDiagonal, withoutGraph].every((value) => Math.abs(value) <= 1), JSON.stringify(maps));
    // Both maps hold the graph: without it they are others.
    assert.ok(Math.abs(full - withoutGraph) > 1e-6, JSON.stringify(maps));
    await Deno.stat(`${out}/figures`);
    assert.match((await perturbine(...words, "--drugs", "no such drug")).err, /has no drug "no such drug"/);

    const of = ["--run", pre, "--data", `${folder}/fine`, "--gmt", gmt, "--json"];
    for (const kind of ["deg", "zeroshot"]) {
      const told = await perturbine("study", kind, ...of, "--out", `${folder}/${kind}`);
      // Seven cell lines hold no three samples in a quarter; the study says so instead of testing two.
      assert.match(told.err, /no drug asked for has 3 samples in either 25 %/);
    }
    const half = `${folder}/half.toml`;
    await Deno.writeTextFile(half, 'title = "Halves"\nkind = "deg"\nshare = 0.5\n');
    const result = JSON.parse(await run("study", half, ...of, "--out", `${folder}/deg`));
    assert.match(result.sentence, /^Genes whose predicted expression differs/);
    const changes = JSON.parse(await Deno.readTextFile(`${folder}/deg/study.json`));
    assert.equal(changes[0].genes.length, genes.length);
    assert.ok(
      changes[0].genes.every(({ p, adjusted }: { p: number; adjusted: number }) =>
        adjusted >= p * (1 - 1e-9)
      ),
    );
    assert.ok(changes[0].distance.sensitive > 0);
  });
});
