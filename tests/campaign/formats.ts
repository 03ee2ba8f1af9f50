import { readDrugIds } from "../../datasets/knowledge_graph/read_drug_ids.ts";
import { readGeneSets } from "../../datasets/knowledge_graph/read_gene_sets.ts";
import { readGraphFile, writeGraphFile } from "../../datasets/knowledge_graph/graph_file.ts";
import { readNpy } from "../../datasets/knowledge_graph/read_npy.ts";
import { readPrimekg } from "../../datasets/knowledge_graph/read_primekg.ts";
import { readTargets } from "../../datasets/knowledge_graph/read_targets.ts";
import { openMatrix } from "../../datasets/formats/open_matrix.ts";
import { readSdf } from "../../datasets/formats/sdf.ts";
import { writeValueTable } from "../../datasets/formats/value_table.ts";
import { gctLines, gctxBytes, h5adBytes, type WritableMatrix } from "../../datasets/formats/write_matrix.ts";
import { readParquetColumns } from "../../datasets/readers/parquet_columns.ts";
import { readConditionTable } from "../../datasets/readers/read_condition_table.ts";
import { readExpressionTable } from "../../datasets/readers/read_expression_table.ts";
import { readFinetuningFolder } from "../../datasets/readers/read_finetuning_folder.ts";
import { readPpiEdges } from "../../datasets/readers/read_ppi_edges.ts";
import { checksumOfSplit, readSplitFile } from "../../datasets/splits/split_file.ts";
import { readPytorch, readSafetensors, type StoredTensor, writePytorch } from "../../host/checkpoint/mod.ts";
import { storedZipChunks } from "../../host/checkpoint/stored_zip_writer.ts";
import { readStoredZip } from "../../host/checkpoint/stored_zip_reader.ts";
import { readTuning } from "../../host/tuning_cache.ts";
import { readConfigFile } from "../../runs/read_config.ts";
import { joined } from "../support/joined.ts";
import { mutateBytes, mutateJson, mutatePickle } from "./mutate.ts";
import { runTargets } from "./run_formats.ts";
import {
  decode,
  encode,
  jsonTarget,
  safetensors,
  table,
  tableTarget,
  type Target,
  withoutDigest,
} from "./target.ts";

const tensors = new Map<string, StoredTensor>([
  ["encoder.weight", {
    dtype: "F32",
    shape: [3, 5],
    data: Float32Array.from({ length: 15 }, (_, at) => at / 7),
  }],
  ["encoder.bias", { dtype: "F32", shape: [5], data: Float32Array.from({ length: 5 }, (_, at) => -at) }],
  ["steps", { dtype: "I64", shape: [], data: BigInt64Array.of(9n) }],
]);
const matrix: WritableMatrix = {
  samples: {
    ids: Array.from({ length: 6 }, (_, at) => `well${at}`),
    fields: new Map([["dose", ["1", "2", "3", "", "5", "6"]]]),
  },
  features: { ids: ["DDR1", "PAX8", "RPS5", "ABCF1"], fields: new Map() },
  values: Float32Array.from({ length: 24 }, (_, at) => at / 3),
};

async function takenMatrix(path: string): Promise<unknown> {
  using file = await openMatrix(path);
  const { samples, features } = file;
  return { samples, features, values: file.read(0, samples.ids.length) };
}

async function takenMolecules(path: string): Promise<unknown> {
  return await Array.fromAsync(readSdf(path));
}

async function takenColumns(path: string): Promise<unknown> {
  const file = await readParquetColumns(path), found: unknown[] = [];
  await file.read(
    file.columns,
    (column, start, values) => void found.push([column, start, ...Array.from(values)]),
  );
  return found;
}

/** A zip container of PyTorch with another pickle in it. */
function withPickle(
  whole: Uint8Array<ArrayBuffer>,
  pickle: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const zip = readStoredZip(whole, "whole");
  return joined(...storedZipChunks(
    zip.names.map((name) => ({ name, content: name.endsWith("data.pkl") ? pickle : zip.get(name)! })),
  ));
}

const conditions = "dose,time,canonical_smiles,cell_id,pert_iname\n" +
  '10.0,6,CCO,A375,ethanol\n3.33 uM,24 h,CC(=O)O,MCF7,"acid, acetic"\n10,24,CCO,MCF7,ethanol\n';
const expression = "DDR1,PAX8,TP53\n0.5,-1,2\n1,2,1e-3\n3,4,-7.25\n";
const molfile =
  "aspirin\n\n\n  2  1  0  0  0\n    1.0000    2.0000    0.0000 C   0  0\n   -1.0000    2.5000    0.1000 O   0  0\n" +
  "  1  2  1  0\nM  END\n> <ID>\n7\n\n$$$$\n";
const kg =
  "relation,display_relation,x_index,x_id,x_type,x_name,x_source,y_index,y_id,y_type,y_name,y_source\n" +
  "protein_protein,ppi,0,9796,gene/protein,PHYHIP,NCBI,1,56992,gene/protein,KIF15,NCBI\n" +
  "protein_protein,ppi,1,56992,gene/protein,KIF15,NCBI,0,9796,gene/protein,PHYHIP,NCBI\n" +
  "drug_protein,target,2,DB00945,drug,Aspirin,DrugBank,0,9796,gene/protein,PHYHIP,NCBI\n" +
  "drug_protein,target,0,9796,gene/protein,PHYHIP,NCBI,2,DB00945,drug,Aspirin,DrugBank\n";

const npy = (() => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }".padEnd(117) + "\n";
  const start = [0x93, ...encode("NUMPY"), 1, 0, header.length, 0];
  return joined(
    start,
    encode(header),
    new Uint8Array(Float32Array.from({ length: 12 }, (_, at) => at).buffer),
  );
})();

const config = {
  format: "perturbine run 2",
  model: "mlp",
  preset: null,
  layout: "signatures",
  data: { source: "folder", folder: "data" },
  reading: { pathways: null },
  identity: "canonical",
  split: { rule: "random-folds", folds: 5, fold: 2, number: 42 },
  control: null,
  settings: { hidden: 16, layers: [3, 4] },
  training: null,
  seed: 42,
  from: null,
};

const splitFile = {
  format: "perturbine split 1",
  rule: { rule: "random", number: 0 },
  name: "random, split 0",
  unit: "drug",
  unused: ["e"],
  checksum: checksumOfSplit({ rowNames: ["a", "b", "c", "d", "e"] }, {
    name: "random",
    train: Uint32Array.of(0, 1),
    validation: Uint32Array.of(2),
    test: Uint32Array.of(3),
  }),
  conditions: "x",
  parts: { train: ["a", "b"], validation: ["c"], test: ["d"] },
};

/** Everything that the program reads, in its own writing or as it arrives. */
export const targets: readonly Target[] = [
  {
    name: "safetensors",
    make: () => {
      const entry = (shape: number[], from: number, to: number) => ({
        dtype: "F32",
        shape,
        data_offsets: [from, to],
      });
      const header = { __metadata__: { format: "pt" }, a: entry([2, 3], 0, 24), "b.c": entry([4], 24, 40) };
      return Promise.resolve(safetensors(JSON.stringify(header), new Uint8Array(40).map((_, at) => at)));
    },
    mutate: (whole, draws) => {
      const length = new DataView(whole.buffer).getUint32(0, true);
      if (draws.below(4) === 0) return mutateBytes(whole, draws);
      return safetensors(
        mutateJson(decode(whole.subarray(8, 8 + length)), draws),
        whole.subarray(8 + length),
      );
    },
    read: (_, bytes) => [...readSafetensors(bytes)],
  },
  {
    name: "pt-zip",
    make: () => Promise.resolve(writePytorch(tensors)),
    mutate: (whole, draws) => mutateBytes(whole, draws),
    read: (_, bytes) => [...readPytorch(bytes).tensors],
  },
  {
    name: "pt-pickle",
    make: () => Promise.resolve(writePytorch(tensors)),
    mutate: (whole, draws) =>
      withPickle(whole, mutatePickle(readStoredZip(whole, "whole").get("archive/data.pkl")!, draws)),
    read: (_, bytes) => [...readPytorch(bytes).tensors],
  },
  {
    name: "pt-legacy",
    make: () => Deno.readFile(new URL("../goldens/csg2a/checkpoints/tricky.legacy.pt", import.meta.url)),
    mutate: (whole, draws) => mutateBytes(whole, draws, draws.below(4) > 0 ? 15 : 0),
    read: (_, bytes) => [...readPytorch(bytes).tensors],
  },
  {
    name: "npy",
    file: "a.npy",
    make: () => Promise.resolve(npy),
    mutate: (whole, draws) => mutateBytes(whole, draws),
    read: readNpy,
  },
  tableTarget("conditions", conditions, (path) => readConditionTable(path)),
  tableTarget("expression", expression, (path) => readExpressionTable(path)),
  tableTarget("tsv", expression.replaceAll(",", "\t"), (path) => readExpressionTable(path), {
    separator: "\t",
    file: "table.tsv",
  }),
  tableTarget(
    "interactions",
    "source,target,score\nDDR1,PAX8,900\nPAX8,TP53,150\n",
    (path) => readPpiEdges(path, ["DDR1", "PAX8", "TP53"], { minScore: 200 }),
  ),
  {
    ...tableTarget(
      "labels",
      "canonical_smiles,IC50,cell_id\nCCO,2.5,A375\nCC(=O)O,-1,MCF7\nCCN,0.1,A375\n",
      () => {},
      {
        file: "label.csv",
      },
    ),
    read: async (path) => {
      const folder = path.slice(0, path.lastIndexOf("/"));
      await Deno.writeTextFile(`${folder}/gex_before.csv`, expression);
      return await readFinetuningFolder(folder);
    },
  },
  jsonTarget("config", config, readConfigFile),
  jsonTarget("split", splitFile, (path) => readSplitFile(path)),
  jsonTarget("tuning", {
    format: "perturbine tuning 1",
    adapter: "x",
    entries: [{ tunable: "matmul", shape: "8 x 8", choice: "tiled" }],
  }, readTuning),
  {
    name: "gct",
    file: "a.gct",
    make: () => Promise.resolve(encode([...gctLines(matrix)].join(""))),
    mutate: table("\t"),
    read: takenMatrix,
  },
  {
    name: "gctx",
    file: "a.gctx",
    make: () => gctxBytes(matrix, "x"),
    mutate: (whole, draws) => mutateBytes(whole, draws),
    read: takenMatrix,
  },
  {
    name: "h5ad",
    file: "a.h5ad",
    make: () => h5adBytes(matrix),
    mutate: (whole, draws) => mutateBytes(whole, draws),
    read: takenMatrix,
  },
  {
    name: "parquet",
    file: "a.parquet",
    make: async (folder) => {
      await writeValueTable(`${folder}/made.parquet`, {
        ids: ["row 1", "row 3", "row 4"],
        columns: new Map([["name", ["a, b", 'q"uote', "µ"]]]),
        names: ["DDR1", "PAX8"],
        values: Float32Array.of(0.1, -2, 3e-8, 4, 5.5, 1 / 3),
      });
      return await Deno.readFile(`${folder}/made.parquet`);
    },
    mutate: (whole, draws) =>
      mutateBytes(whole, draws, draws.below(2) > 0 ? Math.floor(whole.length / 3) : 0),
    read: takenColumns,
  },
  tableTarget("gmt", "A\thttp\tX\tY\tZ\nB\t\tZ\tY\n", readGeneSets, { separator: "\t", file: "sets.gmt" }),
  tableTarget("sdf", molfile, takenMolecules, { separator: " ", file: "a.sdf" }),
  tableTarget("primekg", kg, async (path) => ({ ...await readPrimekg([path]), files: [] }), {
    file: "kg.csv",
  }),
  tableTarget(
    "targets",
    "drug,target,smiles\nAspirin,PTGS1,CC(=O)Oc1ccccc1C(=O)O\nEthanol,GABRA1,CCO\n",
    readTargets,
  ),
  tableTarget(
    "drug-ids",
    "pert_id,drugbank_id,name\nBRD-1,DB00945,aspirin\nBRD-2,DB00898,ethanol\n",
    readDrugIds,
  ),
  {
    name: "graph",
    file: "graph.safetensors",
    make: async (folder) => {
      await Deno.writeTextFile(`${folder}/kg.csv`, kg);
      await writeGraphFile(`${folder}/made.safetensors`, {
        graph: await readPrimekg([`${folder}/kg.csv`]),
        features: [],
      });
      return withoutDigest(await Deno.readFile(`${folder}/made.safetensors`));
    },
    mutate: (whole, draws) => mutateBytes(whole, draws),
    read: readGraphFile,
  },
  ...runTargets,
];
