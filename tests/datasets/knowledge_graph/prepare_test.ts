import assert from "node:assert/strict";
import { join } from "node:path";
import type { KnowledgeInputs } from "../../../datasets/layouts/knowledge_graph/inputs.ts";
import { knowledgeGraph } from "../../../datasets/layouts/knowledge_graph/layout.ts";
import { targetsOfDrugs } from "../../../datasets/layouts/knowledge_graph/targets.ts";
import type { Dataset } from "../../../datasets/mod.ts";
import {
  prepareKnowledgeGraph,
  type PrepareKnowledgeOptions,
} from "../../../datasets/knowledge_graph/prepare_knowledge_graph.ts";
import { messageOf, withFolder } from "../readers/data_files.ts";

// Aspirin is found by its InChIKey under another name, paracetamol by a synonym, caffeine by name; the others are new.
const smiles = {
  "the old pill": "CC(=O)Oc1ccccc1C(O)=O",
  "APAP": "CC(=O)Nc1ccc(O)cc1",
  "Caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
  "metformin": "CN(C)C(=N)NC(N)=N",
  "ethanol": "CCO",
  "caffeine-": "CCCCO",
};
const conditions = Object.entries(smiles).map(([name, text], k) =>
  `10,24,${text},${k % 2 ? "MCF7" : "A375"},${name}`
);
const profile = (k: number) => `${k},${2 * k},${-k}`;
const files = {
  "condition_table.csv": "dose,time,canonical_smiles,cell_id,pert_iname\n" + conditions.join("\n") + "\n",
  "gex_DMSO.csv": "AKT1,PTEN,NEWGENE\n" + conditions.map((_, k) => profile(k)).join("\n") + "\n",
  "gex_comp.csv": "AKT1,PTEN,NEWGENE\n" + conditions.map((_, k) => profile(k + 1)).join("\n") + "\n",
  "nodes.csv": "node_index,node_id,node_type,node_name,node_source\n" +
    "0,DB00945,drug,Acetylsalicylic acid,DrugBank\n1,DB00316,drug,Acetaminophen,DrugBank\n2,DB00201,drug,Caffeine,DrugBank\n" +
    "3,207,gene/protein,AKT1,NCBI\n4,5728,gene/protein,PTEN,NCBI\n",
  "edges.csv": "relation,display_relation,x_index,y_index\n" +
    "drug_protein,target,0,3\ndrug_protein,target,3,0\nprotein_protein,ppi,3,4\nprotein_protein,ppi,4,3\n",
  "ids.csv": "DrugBank ID,Common name,Synonyms,Standard InChI Key\n" +
    "DB00945,Acetylsalicylic acid,Aspirin | ASA,BSYNRYMUTXBXSQ-UHFFFAOYSA-N\nDB00316,Acetaminophen,APAP | Paracetamol,\n",
  "hub.txt":
    "!remark\t\npert_iname\tclinical_phase\tmoa\ttarget\nMetformin\tLaunched\tx\tPRKAA1|AKT1\nethanol\tLaunched\t\t\n",
  "sets.gmt": "GROWTH\tone\tAKT1\tPTEN\nmetformin response\ttwo\tAKT1\n",
  "ppi.csv": "source,target\nPTEN,PRKAA1\nPRKAA1,PTEN\nAKT1,AKT1\n",
  "genes.csv": "name,a,b\n207,1,2\nPTEN,3,4\n",
};

async function prepared(
  change: Partial<typeof files>,
  use: (folder: string, options: PrepareKnowledgeOptions) => Promise<void>,
): Promise<void> {
  await withFolder({ ...files, ...change }, async (folder) => {
    const at = (name: string) => join(folder, name);
    await use(folder, {
      output: at("out"),
      rows: folder,
      primekg: [at("nodes.csv"), at("edges.csv")],
      drugIds: at("ids.csv"),
      targets: [at("hub.txt")],
      geneSets: [at("sets.gmt")],
      interactions: [at("ppi.csv")],
      features: [{ type: "gene/protein", file: at("genes.csv") }],
    });
  });
}

Deno.test("prepareKnowledgeGraph() finds drugs by InChIKey, synonym and name, adds the others with their targets, and says so", async () => {
  await prepared({}, async (folder, options) => {
    const result = await prepareKnowledgeGraph({ ...options, cellEdges: 1 });
    assert.deepEqual(result.drugs.map(({ how, targets }) => [how, targets]), [
      ["InChIKey", 0],
      ["synonym", 0],
      ["name", 0],
      ["new", 2],
      ["new", 0],
      ["taken", 0],
    ]);
    assert.deepEqual(result.leftOutSets, ["metformin response"]);
    assert.deepEqual(result.relations, {
      drug_protein: 6,
      protein_protein: 4,
      pathway_protein: 4,
      cell_expresses: 4,
    });
    assert.deepEqual(result.genes, { known: 2, added: 2 });
    assert.match(result.notes.join(" "), /2 of the 6 drugs of the rows have edges, 4 stand alone/);
    const data: Dataset<KnowledgeInputs> = await knowledgeGraph.read(
      join(folder, "out"),
      knowledgeGraph.settings.parse({}),
      {
        identity: "parent",
      },
    );
    const { graph, drugNodeOfRow, features } = data.inputs;
    assert.deepEqual(Array.from(drugNodeOfRow, (node) => graph.names[node]), [
      "Acetylsalicylic acid",
      "Acetaminophen",
      "Caffeine",
      "metformin",
      "ethanol",
      "caffeine-",
    ]);
    const targets = targetsOfDrugs(data).map((nodes) =>
      Array.from(nodes, (node) => graph.names[node]).sort()
    );
    assert.deepEqual(targets, [["AKT1"], [], [], ["AKT1", "PRKAA1"], [], []]);
    assert.deepEqual(Array.from(features[0].nodes, (node) => graph.names[node]), ["AKT1", "PTEN"]);
    assert.deepEqual(features[0].values, Float32Array.of(1, 2, 3, 4));
    assert.deepEqual(data.truth!.take([0]), Float32Array.of(1, 2, -1));
    assert.deepEqual(graph.files.map(({ sha256 }) => sha256.length), new Array(7).fill(64));
  });
});

Deno.test("prepareKnowledgeGraph() looks at no treated profile", async () => {
  const graphs: Uint8Array[] = [];
  for (const change of [{}, { "gex_comp.csv": files["gex_comp.csv"].replaceAll("3", "7") }]) {
    await prepared(change, async (folder, options) => {
      await prepareKnowledgeGraph({ ...options, features: [], cellEdges: 2 });
      const bytes = await Deno.readFile(join(folder, "out", "graph.safetensors"));
      // The header tells the files by their paths, which differ from run to run.
      graphs.push(bytes.subarray(8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))));
    });
  }
  assert.deepEqual(graphs[0], graphs[1]);
});

Deno.test("prepareKnowledgeGraph() refuses faulty embeddings and sets by file and row, and leaves nothing behind", async () => {
  const refusal = async (change: Partial<typeof files>, more: Partial<PrepareKnowledgeOptions> = {}) => {
    let message = "";
    await prepared(change, async (folder, options) => {
      message = await messageOf(folder, prepareKnowledgeGraph({ ...options, ...more }));
      const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
        name.startsWith("out")
      );
      assert.deepEqual(left, []);
    });
    return message;
  };
  assert.match(
    await refusal({ "genes.csv": files["genes.csv"] + "AKT2,1,2\n" }),
    /genes\.csv, row 3: found a vector for "AKT2", which is no gene\/protein/,
  );
  assert.match(
    await refusal({ "genes.csv": files["genes.csv"] + "AKT1,1,2\n" }),
    /row 3: found a second vector for "AKT1" \(row 1 is its first\)/,
  );
  assert.match(
    await refusal({ "genes.csv": files["genes.csv"] + "9,1\n" }),
    /genes\.csv, row 3 \(line 4\): found 2 values, expected 3/,
  );
  assert.match(
    await refusal({ "sets.gmt": "GROWTH\tone\n" }),
    /sets\.gmt, line 1: found "GROWTH\\tone", expected a name/,
  );
  assert.match(
    await refusal({ "sets.gmt": "GROWTH\tone\t1\t2\n" }),
    /found Entrez ids \(1, \.\.\.\), none of which is a gene of the graph/,
  );
  assert.match(
    await refusal({ "ids.csv": files["ids.csv"] + "DB00316,x,,\n" }),
    /row 3 \(line 4\): found the DrugBank id "DB00316" again/,
  );
  assert.match(
    await refusal({ "hub.txt": "drug,gene\nmetformin,\n" }),
    /hub\.txt, row 1 \(line 2\): found the drug "metformin" and the gene ""/,
  );
  await prepared({}, async (folder, options) => {
    await Deno.mkdir(join(folder, "out"));
    assert.match(await messageOf(folder, prepareKnowledgeGraph(options)), /DIR\/out is there already/);
  });
});

Deno.test("a graph without the drugs of the rows is refused by name", async () => {
  await prepared({}, async (folder, options) => {
    await prepareKnowledgeGraph(options);
    const nodes = join(folder, "out", "drug_nodes.csv");
    const lines = (await Deno.readTextFile(nodes)).split("\n");
    await Deno.writeTextFile(nodes, lines.filter((line) => !line.startsWith("CN(C)C(=N)")).join("\n"));
    const read = knowledgeGraph.read(join(folder, "out"), knowledgeGraph.settings.parse({}), {
      identity: "parent",
    });
    assert.match(
      await messageOf(folder, read as Promise<unknown>),
      /the graph has no node for 1 of the 6 drugs, such as "metformin", expected one for each; make the folder again with `perturbine prepare kg`/,
    );
  });
});
