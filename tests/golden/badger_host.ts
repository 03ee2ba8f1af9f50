/**
 * Golden checks of what BADGER computes on the host: metrics, cell similarity, folds, nearest neighbours, the toy data
 * folder, fragments and graphs of molecules. Files are in the badger dialect; sizes, seeds and names come from them, so
 * another set of the same format passes unchanged.
 */
import { type BadgerFoldKind, badgerFolds } from "../../datasets/splits/badger_folds.ts";
import { embedProfiles } from "../../datasets/badger/cell_similarity.ts";
import { collateFragments } from "../support/collate_fragments.ts";
import { geneCounts } from "../../datasets/badger/gene_counts.ts";
import { metaVectors } from "../../datasets/badger/meta_vectors.ts";
import { meanOfRows, nearestRows } from "../../datasets/badger/nearest_rows.ts";
import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import { releasedFolds } from "../../datasets/splits/released_folds.ts";
import { signatureSettings } from "../../datasets/layouts/signatures/settings.ts";
import { signatureTable } from "../../datasets/layouts/signatures/table.ts";
import { ndcg } from "../../datasets/metrics/ranking.ts";
import { pathwayMetrics } from "../../datasets/metrics/ranking_pathways.ts";
import type { Metric } from "../../datasets/metrics/metric.ts";
import { rankingMetrics, topMetrics } from "../../datasets/metrics/ranking_metrics.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";
import { batchNeuralGraphs } from "../../datasets/molecules/batch_neural_graphs.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { neuralGraph } from "../../datasets/molecules/neural_graph.ts";
import { MersenneTwister } from "../../datasets/splits/mersenne_twister.ts";
import { NumpyRandom } from "../../datasets/splits/numpy_random.ts";
import type { Split } from "../../datasets/types.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import { scoreRows } from "../support/score_rows.ts";
import type { GoldenCheck } from "./compare.ts";

/** Checks of the host goldens by file name (without ending) in a folder of badger goldens. */
export const badgerHostChecks: Readonly<Record<string, (folder: string) => Promise<GoldenCheck[]>>> = {
  ops_metrics: checkMetrics,
  cell_similarity: checkCellSimilarity,
  model_knn_small: checkNearest,
  splits: checkSplits,
  dataset_tiny: checkDataset,
  chem: checkChem,
};

interface BadgerManifest {
  readonly file: string;
  readonly tensors: Readonly<
    Record<string, { shape: number[]; absmax?: number; f32_maxabs?: number }>
  >;
}

interface BadgerGolden<Manifest> {
  readonly manifest: Manifest & BadgerManifest;
  shape(name: string): readonly number[];
  values(name: string): Float32Array<ArrayBuffer>;
}

async function open<Manifest = unknown>(folder: string, name: string): Promise<BadgerGolden<Manifest>> {
  const manifest = await json<Manifest & BadgerManifest>(`${folder}/${name}.json`);
  const tensors = readSafetensors(await Deno.readFile(`${folder}/${manifest.file}`), manifest.file);
  const get = (key: string) => {
    const tensor = tensors.get(key);
    if (!tensor) throw new Error(`${name} has no tensor "${key}".`);
    return tensor;
  };
  return { manifest, shape: (key) => get(key).shape, values: (key) => toFloat32(get(key)) };
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(path)) as T;
}

/** |x - reference| <= max(20 f32_maxabs, 2e-5 absmax, 1e-7), badger.md section 7. */
function close(
  name: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  entry: { absmax?: number; f32_maxabs?: number } = {},
): GoldenCheck {
  const absmax = entry.absmax ?? Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const tolerance = Math.max(20 * (entry.f32_maxabs ?? 0), 2e-5 * absmax, 1e-7);
  let worst = found.length === expected.length ? 0 : Infinity, at = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= worst)) [worst, at] = [Number.isNaN(error) ? Infinity : error, i];
  }
  const passed = worst <= tolerance;
  const detail = `entry ${at} is ${found[at]}, expected ${expected[at]} (${expected.length} values)`;
  return { name, worst, tolerance, passed, ...(passed ? {} : { detail }) };
}

function same(name: string, found: unknown, expected: unknown): GoldenCheck {
  const passed = JSON.stringify(found) === JSON.stringify(expected);
  const detail = `found ${JSON.stringify(found)?.slice(0, 200)}, expected ${
    JSON.stringify(expected)?.slice(0, 200)
  }`;
  return { name, worst: passed ? 0 : 1, tolerance: 0, passed, ...(passed ? {} : { detail }) };
}

type MetricTable = Readonly<Record<string, number | readonly number[]>>;

async function checkMetrics(folder: string): Promise<GoldenCheck[]> {
  const golden = await open<{ metrics_expected: Readonly<Record<string, MetricTable>>; genes: number }>(
    folder,
    "ops_metrics",
  );
  const { metrics_expected: expected, genes } = golden.manifest;
  const checks: GoldenCheck[] = [];
  for (const [key, table] of Object.entries(expected)) {
    // The released hit ratio and Jaccard are taken on the wrong end of the ranking; nobody reports them.
    if (key.startsWith("released_")) continue;
    if (key === "edge_ndcg_per_row") {
      const width = golden.shape("in/edge_true")[1];
      checks.push(
        close(
          key,
          ndcgOfRows(golden.values("in/edge_pred"), golden.values("in/edge_true"), width),
          table as never,
        ),
      );
      continue;
    }
    if (key === "pathway_mean_over_rows") {
      const metrics = pathwayMetrics(
        golden.values("in/pathway_score"),
        golden.values("in/pathway_true"),
        golden.shape("in/pathway_true")[1],
      );
      const { auroc, auprc, f1, accuracy } = metrics;
      const found: Record<string, number> = { auroc, auprc, f1score: f1, accuracy };
      for (const [name, value] of Object.entries(table)) {
        checks.push(close(`pathway ${name}`, [found[name]], [Number(value)]));
      }
      continue;
    }
    const named = /\((\w+),(\w+)\)$/.exec(key);
    const truth = golden.values(`in/${named?.[1] ?? "true"}`);
    const prediction = golden.values(`in/${named?.[2] ?? key}`);
    for (const [name, value] of Object.entries(table)) {
      const found = name.endsWith("per_row")
        ? ndcgOfRows(prediction, truth, genes)
        : [scoreRows(metricNamed(name), prediction, truth, genes)];
      checks.push(close(`${key} ${name}`, found, Array.isArray(value) ? value : [Number(value)]));
    }
  }
  return checks;
}

function ndcgOfRows(prediction: Float32Array, truth: Float32Array, width: number): number[] {
  return Array.from(
    { length: truth.length / width },
    (_, row) =>
      ndcg(
        prediction.subarray(row * width, (row + 1) * width),
        truth.subarray(row * width, (row + 1) * width),
      ),
  );
}

/** A metric by the name that the release logs it under. */
function metricNamed(name: string): Metric {
  const [end, kind, k] = name.split("/");
  if (kind === undefined) return metricOf(end);
  if (kind === "kendall_tau") return metricOf("kendallTau");
  const side = end === "pos" ? "Up" : end === "neg" ? "Down" : "Magnitude";
  const stem = kind === "hitratio" ? "hitRatio" : kind;
  // The golden has fewer genes than twice the released 200.
  const candidates = k === undefined ? rankingMetrics(() => 200) : topMetrics(Number(k), () => 200);
  const found = candidates.find((metric) => metric.name === `${stem}${side}${k ?? ""}`);
  if (!found) throw new Error(`No metric is known here for "${name}".`);
  return found;
}

async function checkCellSimilarity(folder: string): Promise<GoldenCheck[]> {
  const golden = await open(folder, "cell_similarity");
  const reference = golden.values("in/reference");
  const genes = golden.shape("in/reference")[1];
  return ["reference", "query"].map((name) => {
    const key = `out/${name}_embedding`;
    const found = embedProfiles(golden.values(`in/${name}`), reference, genes);
    return close(key, found, golden.values(key), golden.manifest.tensors[key]);
  });
}

async function checkNearest(folder: string): Promise<GoldenCheck[]> {
  const golden = await open(folder, "model_knn_small");
  const labels = golden.values("in/train_y");
  const found = nearestRows(
    golden.values("in/train_x"),
    golden.values("in/query_x"),
    golden.shape("in/train_x")[1],
    golden.shape("out/neighbour_index")[1],
  );
  const check = (key: string, values: ArrayLike<number>) =>
    close(key, values, golden.values(key), golden.manifest.tensors[key]);
  return [
    same("out/neighbour_index", [...found.rows], [...golden.values("out/neighbour_index")]),
    check("out/neighbour_distance", found.distances),
    check("out/pred", meanOfRows(found, labels, golden.shape("in/train_y")[1])),
  ];
}

interface Parts {
  readonly train: readonly number[];
  readonly valid: readonly number[];
  readonly test: readonly number[];
}

const partsOf = ({ train, validation, test }: Split): Parts => ({
  train: [...train],
  valid: [...validation],
  test: [...test],
});

async function checkSplits(folder: string): Promise<GoldenCheck[]> {
  const { numpy, cases } = await json<{
    numpy: { seed: number } & Readonly<Record<string, number | readonly number[]>>;
    cases: { n_cells: number; n_perts: number; seed: number; folds: Record<BadgerFoldKind, Parts[]> }[];
  }>(`${folder}/splits.json`);
  const checks: GoldenCheck[] = [];
  for (const [key, expected] of Object.entries(numpy)) {
    if (typeof expected === "number") continue;
    if (/permutation|shuffle/.test(key)) {
      checks.push(same(key, [...new NumpyRandom(numpy.seed).permutation(expected.length)], expected));
    } else if (/raw|output|uint32/.test(key)) {
      const generator = new MersenneTwister(numpy.seed);
      checks.push(same(key, expected.map(() => generator.next()), expected));
    }
  }
  cases.forEach(({ n_cells: cells, n_perts: drugs, seed, folds }, number) => {
    const pairs = Array.from({ length: drugs * cells }, (_, i) => [Math.floor(i / cells), i % cells])
      .filter(([drug, cell]) => (7 * drug + 3 * cell) % 4 === 0);
    const input = {
      // The lists that are dealt into folds end with UNK.
      cells: cells + 1,
      drugs: drugs + 1,
      seed,
      drugOfRow: pairs.map(([d]) => d),
      cellOfRow: pairs.map(([, c]) => c),
    };
    for (const kind of Object.keys(folds) as BadgerFoldKind[]) {
      checks.push(same(`case ${number} ${kind}`, badgerFolds(input, kind).map(partsOf), folds[kind]));
    }
  });
  return checks;
}

interface Instance {
  readonly sig_id: string;
  readonly pert_id: string;
  readonly cell_id: string;
  readonly label: readonly number[];
  readonly fragments: readonly string[];
  readonly fragment_on_bits: readonly (readonly number[])[];
  readonly pathway_label: readonly number[];
  readonly cell_vector: readonly number[];
  readonly meta_on: readonly number[];
}

interface LoaderExpectation {
  readonly gene_order: readonly string[];
  readonly cells_in_order_of_appearance: readonly string[];
  readonly drugs_in_order_of_appearance: readonly string[];
  readonly doses_in_order_of_appearance: readonly string[];
  readonly meta_width: number;
  readonly instances: readonly Instance[];
  readonly batch?: {
    instances: number[];
    fragment_shape: number[];
    fragment_mask: number[][];
    pathway: number[][];
  };
  readonly gene_counts_topK?: { K: number; top: Record<string, number>; bottom: Record<string, number> };
  readonly pathways_sorted_with_last_dropped?: readonly string[];
}

async function checkDataset(folder: string): Promise<GoldenCheck[]> {
  const { what: _, ...loaders } = await json<{ what: string } & Record<string, LoaderExpectation>>(
    `${folder}/dataset_tiny/expected.json`,
  );
  const checks: GoldenCheck[] = [];
  for (const [loader, expected] of Object.entries(loaders as unknown as Record<string, LoaderExpectation>)) {
    const check = (name: string, found: unknown, wanted: unknown) =>
      checks.push(same(`${loader} ${name}`, found, wanted));
    const data = await readBadgerFolder(`${folder}/dataset_tiny`, {
      skipBad: true,
      cellVectors: expected.instances.some(({ cell_vector }) => cell_vector) ? "similarity" : "none",
    });
    const origin = { files: [], simulated: false };
    const table = await signatureTable(data, signatureSettings.parse({}), { identity: "spelling" }, origin);
    check("genes", data.genes, expected.gene_order);
    check("cells", data.lists.cells, expected.cells_in_order_of_appearance);
    check("drugs", data.lists.drugs, expected.drugs_in_order_of_appearance);
    check("doses", data.lists.doses, expected.doses_in_order_of_appearance);
    check("rows", data.signatureIds, expected.instances.map(({ sig_id }) => sig_id));
    for (const [key, value] of Object.entries(expected)) {
      const seed = /^splits_seed_(\d+)$/.exec(key)?.[1];
      if (seed === undefined) continue;
      for (const [kind, folds] of Object.entries(value as unknown as Record<BadgerFoldKind, Parts[]>)) {
        const found = releasedFolds(table, kind as BadgerFoldKind, Number(seed)).map(partsOf);
        check(`folds ${kind}, seed ${seed}`, found, folds);
      }
    }
    const meta = metaVectors(
      data,
      loader === "deepce" ? ["cell", "dose"] : loader === "ciger" ? ["cell"] : [],
    );
    check("meta width", meta.width, expected.meta_width);
    expected.instances.forEach((instance, row) => {
      const drug = data.drugs[data.drugOfRow[row]];
      if (instance.meta_on) {
        const own = meta.values.subarray(row * meta.width, (row + 1) * meta.width);
        check(`row ${row} meta`, onColumns(own), instance.meta_on);
      }
      if (!instance.fragments) return;
      check(`row ${row} drug`, drug.id, instance.pert_id);
      check(`row ${row} fragments`, drug.fragments, instance.fragments);
      check(`row ${row} bits`, drug.fragmentBits.map((bits) => [...bits]), instance.fragment_on_bits);
      const { length } = data.genes;
      checks.push(
        close(
          `${loader} row ${row} label`,
          data.labels.subarray(row * length, (row + 1) * length),
          instance.label,
        ),
      );
      const { width, values } = data.cellVectors!;
      const cell = data.cellOfRow[row];
      checks.push(
        close(
          `${loader} row ${row} cell`,
          values.subarray(cell * width, (cell + 1) * width),
          instance.cell_vector,
        ),
      );
      const { names, labels } = data.pathways!;
      const at = data.drugOfRow[row] * names.length;
      check(`row ${row} pathways`, [...labels.subarray(at, at + names.length)], instance.pathway_label);
    });
    if (expected.pathways_sorted_with_last_dropped) {
      const { names, dropped } = data.pathways!;
      check("pathways", [...names, dropped], expected.pathways_sorted_with_last_dropped);
    }
    if (expected.batch) {
      const { instances, fragment_shape, fragment_mask, pathway } = expected.batch;
      const batch = collateFragments(instances.map((row) => data.drugs[data.drugOfRow[row]]));
      check(
        "batch shape",
        [batch.batch, batch.slots, batch.bits.length / batch.batch / batch.slots],
        fragment_shape,
      );
      check("batch mask", [...batch.mask], fragment_mask.flat());
      const { names, labels } = data.pathways!;
      const found = instances.flatMap((
        row,
      ) => [
        ...labels.subarray(data.drugOfRow[row] * names.length, (data.drugOfRow[row] + 1) * names.length),
      ]);
      check("batch pathways", found, pathway.flat());
    }
    if (expected.gene_counts_topK) {
      const { K, top, bottom } = expected.gene_counts_topK;
      const rows = Uint32Array.from({ length: data.rows }, (_, row) => row);
      const counts = geneCounts(data.labels, data.genes.length, rows, K);
      check("top counts", [...counts.top], data.genes.map((gene) => top[gene] ?? 0));
      check("bottom counts", [...counts.bottom], data.genes.map((gene) => bottom[gene] ?? 0));
    }
  }
  return checks;
}

function onColumns(values: ArrayLike<number>): number[] {
  return Array.from(values).flatMap((value, column) => value ? [column] : []);
}

interface ChemMolecule {
  readonly id: string;
  readonly smiles: string;
  readonly fragments: readonly string[];
  readonly fragment_ecfp_on_bits: readonly (readonly number[])[];
  readonly graph: {
    readonly atom_feature_on: readonly (readonly number[])[];
    readonly bond_feature_on: readonly (readonly number[])[];
    readonly neighbour_ptr: readonly number[];
    readonly neighbour_atom: readonly number[];
    readonly neighbour_bond: readonly number[];
  };
}

async function checkChem(folder: string): Promise<GoldenCheck[]> {
  const { molecules } = await json<{ molecules: readonly ChemMolecule[] }>(`${folder}/chem.json`);
  const chemistry = await Chemistry.load();
  return molecules.flatMap(({ id, smiles, fragments, fragment_ecfp_on_bits: bits, graph }) => {
    const found = chemistry.brics(smiles).fragments;
    const batch = batchNeuralGraphs([neuralGraph(chemistry.parse(smiles)!)]);
    const rows = (values: Float32Array, width: number) =>
      Array.from(
        { length: values.length / width },
        (_, row) => onColumns(values.subarray(row * width, (row + 1) * width)),
      );
    return [
      same(`${id} fragments`, found, fragments),
      same(`${id} bits`, found.map((fragment) => onColumns(chemistry.morganBits(fragment))), bits),
      same(`${id} atoms`, rows(batch.atomFeatures, 62), graph.atom_feature_on),
      same(`${id} bonds`, rows(batch.bondFeatures, 6), graph.bond_feature_on),
      same(`${id} rows`, [...batch.neighbourPtr], graph.neighbour_ptr),
      // Neighbours and their bonds are summed apart (badger.md 5.3): the order of either list is not significant.
      same(
        `${id} neighbours`,
        sortedRows(batch.neighbourPtr, batch.neighbourAtom),
        sortedRows(graph.neighbour_ptr, graph.neighbour_atom),
      ),
      same(
        `${id} bonds of atoms`,
        sortedRows(batch.neighbourPtr, batch.neighbourBond),
        sortedRows(graph.neighbour_ptr, graph.neighbour_bond),
      ),
    ];
  });
}

/** The rows of a CSR table, each sorted. */
function sortedRows(ptr: ArrayLike<number>, values: ArrayLike<number>): number[][] {
  return Array.from(
    { length: ptr.length - 1 },
    (_, row) => Array.from(values).slice(ptr[row], ptr[row + 1]).sort((a, b) => a - b),
  );
}
