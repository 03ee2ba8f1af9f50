import assert from "node:assert/strict";
import { join } from "node:path";
import { deviceTest } from "../support/gpu_test.ts";
import { inWorkspace, perturbine } from "./in_process.ts";

const signature = [
  "EGFR",
  "KRAS",
  "MYC",
  "CDK2",
  "TP53",
  "JAK1",
  "HIF1A",
  "ABL1",
  "HMGCR",
  "VIM",
  "ESR1",
  "BRAF",
];
const small = [
  "--width",
  "8",
  "--heads",
  "2",
  "--head-width",
  "12",
  "--epochs",
  "2",
  "--batch",
  "32",
  "--quiet",
];

async function good(...words: string[]): Promise<string> {
  const { code, out, err } = await perturbine(...words);
  assert.equal(code, 0, `${words.join(" ")}: ${err}`);
  return out;
}

deviceTest(
  "profiles on a graph: prepare kg, train with drawn neighbours, shuffled edges, compare, evaluate, predict, screen, explain",
  async () => {
    await inWorkspace(async (folder) => {
      const at = (name: string) => join(folder, name);
      await Deno.writeTextFile(
        at("targets.csv"),
        "drug,gene\ngefitinib,EGFR\nvorinostat,HDAC1\nbortezomib,PSMB5\nvemurafenib,BRAF\n",
      );
      await Deno.writeTextFile(
        at("sets.gmt"),
        "growth\tone\tEGFR\tBRAF\tKRAS\nchromatin\ttwo\tHDAC1\tEZH2\n",
      );
      const said = await good(
        ...["prepare", "kg", "--l1000", at("pre"), "--out", at("kg"), "--targets", at("targets.csv")],
        ...["--gene-sets", at("sets.gmt"), "--ppi", join(at("pre"), "STRING_edges.csv"), "--cell-edges", "3"],
      );
      assert.match(said, /6 drugs of the rows: 6 new/);
      assert.match(said, /4 of the 6 drugs of the rows have edges, 2 stand alone/);
      assert.match(said, /No edge or feature is made from a treated profile/);

      const common = ["--data", at("kg"), ...small];
      const result = JSON.parse(
        await good("train", "kg-gat", ...common, "--fan-out", "3,2", "--out", at("own"), "--json"),
      );
      const names = result.predictions.map(({ name }: { name: string }) => name);
      for (
        const name of [
          "Graph neighbours",
          "Ridge",
          "Nearest drugs",
          "KG-GAT, edges-shuffled",
          "KG-GAT, features-permuted",
        ]
      ) {
        assert.ok(names.includes(name), `${name} is beside it: ${names.join(", ")}`);
      }
      assert.match(result.verdict.controls, /graph/);
      const { ownScores } = JSON.parse(await Deno.readTextFile(join(at("own"), "results.json")));
      assert.ok(ownScores["MSE of drugs with edges"] > 0);

      await good("train", "kg-gat", ...common, "--shuffle-edges", "1", "--out", at("shuffled"), "--json");
      const config = JSON.parse(await Deno.readTextFile(join(at("shuffled"), "config.json")));
      assert.equal(config.reading.shuffleEdges, 1);
      await good("train", "graph-neighbours", "--data", at("kg"), "--out", at("neighbours"), "--quiet");
      const compared = JSON.parse(
        await good("compare", at("own"), at("shuffled"), at("neighbours"), "--out", at("compared"), "--json"),
      );
      assert.ok(compared.predictions.some(({ name }: { name: string }) => name === "Graph neighbours"));
      assert.ok(
        (await good("evaluate", at("own"))).includes(result.verdict.sentence),
        "evaluating again says the same",
      );

      await Deno.writeTextFile(
        at("drugs.csv"),
        "name,smiles\nnew,CCOc1ccccc1\nknown,COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1\n",
      );
      await good(
        "predict",
        at("own"),
        "--drugs",
        at("drugs.csv"),
        "--cells",
        "LINE01",
        "--out",
        at("asked.csv"),
      );
      assert.equal((await Deno.readTextFile(at("asked.csv"))).trimEnd().split("\n").length, 3);
      await Deno.writeTextFile(
        at("signature.csv"),
        "gene,value\n" + signature.map((gene, k) => `${gene},${(k % 3) - 1}\n`).join(""),
      );
      const screen = [
        "--library",
        at("drugs.csv"),
        "--signature",
        at("signature.csv"),
        "--cell",
        "LINE01",
        "--out",
        at("screen"),
      ];
      await good("screen", at("own"), ...screen);
      assert.equal((await Deno.readTextFile(at("screen.csv"))).trimEnd().split("\n").length, 3);
      const explained = JSON.parse(
        await good(
          "explain",
          at("own"),
          "--drug",
          "gefitinib",
          "--cell",
          "LINE01",
          "--gene",
          "EGFR",
          "--out",
          at("why"),
          "--json",
        ),
      );
      assert.equal(explained.graph.gene, "EGFR");
      const tables = [...Deno.readDirSync(at("why"))].map(({ name }) => name);
      for (const name of ["explanation.html", "paths.csv", "edges.csv"]) {
        assert.ok(tables.includes(name), name);
      }
      const refused = await perturbine(
        "explain",
        at("own"),
        "--drug",
        "gefitinib",
        "--cell",
        "LINE01",
        "--gene",
        "NONE1",
        "--out",
        at("why"),
      );
      assert.notEqual(refused.code, 0);
      assert.match(refused.err, /--gene "NONE1": the run does not predict it/);
      const unknown = await perturbine(
        "train",
        "kg-gat",
        ...common,
        "--drop-relation",
        "drug_proteins",
        "--out",
        at("no"),
      );
      assert.match(
        unknown.err,
        /found no relation "drug_proteins" in the graph.*did you mean "drug_protein"\?/,
      );
    });
  },
);
