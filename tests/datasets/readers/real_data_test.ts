import assert from "node:assert/strict";
import { valuesOf } from "../../../datasets/matrix.ts";
import { ppiRowSums } from "../../support/ppi_matrix.ts";
import { readFinetuningFolder } from "../../../datasets/readers/read_finetuning_folder.ts";
import { readPpiEdges } from "../../../datasets/readers/read_ppi_edges.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { sharedFolder, sharedTest } from "../../shared_folder.ts";

const linesOf = async (path: string) => (await Deno.readTextFile(path)).trimEnd().split(/\r?\n/);

sharedTest(
  "data/csg2a-format",
  "the real slices, the STRING graph and the gene lists read as their documentation counts them",
  async () => {
    const shared = (path: string) => new URL(`data/${path}`, sharedFolder).pathname;
    const counts: [slice: string, rows: number, drugs: number][] = [["a375_24h", 291, 49], [
      "ht115_6h",
      564,
      301,
    ], [
      "skbr3",
      283,
      10,
    ]];
    let genes: readonly string[] = [];
    for (const [slice, rows, drugs] of counts) {
      const started = performance.now();
      const data = await readPretrainingFolder(shared(`csg2a-format/${slice}`));
      assert.ok(
        performance.now() - started < 5000,
        "reading a slice takes well under a second on a free machine",
      );
      assert.deepEqual([data.samples.rows, data.samples.drugs.length, data.genes.length], [rows, drugs, 978]);
      assert.ok(valuesOf(data.basal).every((value) => Math.abs(value) <= 10));
      genes = data.genes;
    }
    const finetuning = await readFinetuningFolder(shared("csg2a-format/gdsc_finetune"));
    assert.deepEqual([finetuning.samples.rows, finetuning.genes], [640, genes]);
    const landmark = await linesOf(shared("csg2a/LINCS_L1000_landmark_genes.txt"));
    assert.deepEqual(landmark, genes);
    const graph = await readPpiEdges(shared("csg2a/STRING_edges.csv"), landmark);
    assert.deepEqual([graph.edgesInside, graph.indices.length], [1771, 4520]);
    const sums = ppiRowSums(graph);
    assert.deepEqual([Math.max(...sums) - 1, sums.filter((sum) => sum === 1).length], [86, 370]);
    const bing = await linesOf(shared("csg2a/LINCS_L1000_bing_genes.txt"));
    const large = await readPpiEdges(shared("csg2a/STRING_edges.csv"), bing);
    assert.deepEqual([bing.length, large.edgesInside, large.indices.length], [10167, 57115, 124397]);
  },
);
