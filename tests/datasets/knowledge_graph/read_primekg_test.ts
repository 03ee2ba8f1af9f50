import assert from "node:assert/strict";
import { join } from "node:path";
import { edgeList, relationText } from "../../../datasets/knowledge_graph/graph.ts";
import { readPrimekg } from "../../../datasets/knowledge_graph/read_primekg.ts";
import { messageOf, withFolder } from "../readers/data_files.ts";

const header =
  "relation,display_relation,x_index,x_id,x_type,x_name,x_source,y_index,y_id,y_type,y_name,y_source\n";
const drug = '41,DB01,drug,"a ""new"", small one",DrugBank';
const gene = "3,207,gene/protein,AKT1,NCBI";
const other = "12,5728,gene/protein,PTEN,NCBI";
const rows = [
  `drug_protein,target,${drug},${gene}`,
  `drug_protein,target,${gene},${drug}`,
  `protein_protein,ppi,${gene},${other}`,
  `drug_protein,enzyme,${drug},${gene}`,
  `protein_protein,ppi,${other},${gene}`,
  `drug_protein,enzyme,${gene},${drug}`,
];
const nodes = "node_index,node_id,node_type,node_name,node_source\n";
const nodeRows = [drug, other, gene];
const edges = "relation,display_relation,x_index,y_index\n";

const kg = (lines: readonly string[], head = header) => ({ "kg.csv": head + lines.join("\n") + "\n" });
const parts = (nodeLines: readonly string[], edgeLines: readonly string[]) => ({
  "nodes.csv": nodes + nodeLines.join("\n") + "\n",
  "edges.csv": edges + edgeLines.join("\n") + "\n",
});

async function refusal(files: Record<string, string>): Promise<string> {
  return await withFolder(
    files,
    (folder) => messageOf(folder, readPrimekg(Object.keys(files).map((name) => join(folder, name)))),
  );
}

Deno.test("readPrimekg() numbers nodes by node_index, keeps parallel edges, quotes and both directions", async () => {
  await withFolder(kg(rows), async (folder) => {
    const graph = await readPrimekg([join(folder, "kg.csv")]);
    assert.deepEqual(graph.ids, ["207", "5728", "DB01"]);
    assert.deepEqual(graph.names, ["AKT1", "PTEN", 'a "new", small one']);
    assert.deepEqual(graph.types, ["drug", "gene/protein"]);
    assert.deepEqual([...graph.typeOf], [1, 1, 0]);
    assert.deepEqual(graph.relations.map(relationText), [
      "drug > drug_protein > gene/protein",
      "gene/protein > drug_protein > drug",
      "gene/protein > protein_protein > gene/protein",
    ]);
    // Into AKT1: from the drug, the drug again, PTEN, in the order of the file.
    assert.deepEqual([...graph.incoming.starts], [0, 3, 4, 6]);
    assert.deepEqual([...graph.incoming.source], [2, 2, 1, 0, 0, 0]);
    assert.deepEqual([...graph.incoming.relation], [0, 0, 2, 2, 1, 1]);
    assert.deepEqual([...edgeList(graph).destination], [0, 0, 0, 1, 2, 2]);
    assert.deepEqual([...graph.outgoing.slot], [4, 3, 5, 2, 0, 1]);
    assert.equal(graph.files[0].sha256.length, 64);
  });
});

Deno.test("readPrimekg() reads nodes.csv and edges.csv in either order, with nodes that have no edge", async () => {
  const lonely = "7,9,gene/protein,LONELY,NCBI";
  const files = parts([...nodeRows, lonely], [
    "drug_protein,target,41,3",
    "drug_protein,target,3,41",
    "protein_protein,ppi,3,12",
    "protein_protein,ppi,12,3",
  ]);
  await withFolder(files, async (folder) => {
    const paths = ["edges.csv", "nodes.csv"].map((name) => join(folder, name));
    const graph = await readPrimekg(paths);
    assert.deepEqual(graph.ids, ["207", "9", "5728", "DB01"]);
    assert.deepEqual([...graph.incoming.starts], [0, 2, 2, 3, 4]);
    const again = await readPrimekg(paths.toReversed());
    assert.deepEqual(again.incoming, graph.incoming);
  });
});

Deno.test("readPrimekg() refuses what is no PrimeKG in one sentence with the row", async () => {
  const swapped = rows.with(2, `protein_proteins,ppi,${gene},${other}`);
  assert.equal(
    await refusal(kg(swapped)),
    'DIR/kg.csv, row 3 (line 4), column relation: found "protein_proteins", expected one of PrimeKG\'s 30 relations; ' +
      'did you mean "protein_protein"?',
  );
  assert.match(
    await refusal(kg(rows.with(0, `drug_drug,x,${drug},${gene}`))),
    /row 1 \(line 2\): found drug_drug between "drug" and "gene\/protein", expected drug and drug/,
  );
  assert.match(
    await refusal(kg([...rows, `drug_protein,carrier,41,DB02,drug,another,DrugBank,${gene}`])),
    /row 7 \(line 8\): found the index "41" for "drug" "DB02".*as in row 1: one index stands for two nodes/,
  );
  assert.match(
    await refusal(kg(rows.slice(0, 5))),
    /node "AKT1" \(207\) has 1 more edges that reach it than edges that leave it.*both directions/,
  );
  const withoutIndex = header.replace("x_index,", "").replace("y_index,", "");
  assert.match(
    await refusal(kg(rows.map((row) => row.replaceAll(/,(41|3|12),(?=\w)/g, ",")), withoutIndex)),
    /found x_id without x_index: this is the copy of PrimeKG that Therapeutics Data Commons hands out/,
  );
});

Deno.test("readPrimekg() refuses edges to nodes that are not there, and a node index twice", async () => {
  const edge = ["drug_protein,target,41,3", "drug_protein,target,3,41"];
  assert.match(
    await refusal(parts(nodeRows, [...edge, "drug_protein,target,41,30"])),
    /edges\.csv, row 3 \(line 4\), column y_index: found "30", which is no node_index of nodes\.csv, expected one of its 3/,
  );
  assert.match(
    await refusal(parts([...nodeRows, "12,1,gene/protein,TWIN,NCBI"], edge)),
    /nodes\.csv, row 4 \(line 5\): found node_index "12" again.*row 2 too/,
  );
  assert.match(
    await refusal({ "a.csv": edges + edge[0] + "\n", "b.csv": edges + edge[0] + "\n" }),
    /node_index in neither/,
  );
});
