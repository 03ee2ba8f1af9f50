/**
 * Golden checks of MLP, DeepCE and CIGER in the badger dialect: outputs, intermediates, loss, gradients, steps of clipped
 * Adam, running statistics, evaluation. Sizes come from the manifests, so another set of the same format passes unchanged.
 */
import type { NeuralGraphBatch } from "../../datasets/molecules/batch_neural_graphs.ts";
import type { Engine, Tensor } from "../../engine/mod.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { type CigerConfig, releasedCiger, releasedCigerLoss } from "../../models/ciger/config.ts";
import { ciger } from "../../models/ciger/network.ts";
import { cigerSpecs } from "../../models/ciger/parameter_specs.ts";
import { type DeepceConfig, releasedDeepce, releasedDeepceLoss } from "../../models/deepce/config.ts";
import { deepce } from "../../models/deepce/network.ts";
import { deepceSpecs } from "../../models/deepce/parameter_specs.ts";
import { type MlpConfig, releasedMlpLoss } from "../../models/mlp/config.ts";
import { mlp } from "../../models/mlp/network.ts";
import { mlpSpecs } from "../../models/mlp/parameter_specs.ts";
import { type GraphTensors, graphTensors } from "../../models/neural_fingerprint/graph_tensors.ts";
import { type GraphCapacity, packGraphs } from "../../models/neural_fingerprint/packed_graphs.ts";
import type { BadgerGolden } from "./badger_file.ts";
import { checkTrainedModel, type GoldenModule } from "./check_trained_model.ts";
import type { GoldenCheck } from "./compare.ts";

/** Checks by file name, without ending. */
export const baselineModelChecks: Readonly<
  Record<string, (engine: Engine, golden: BadgerGolden) => Promise<GoldenCheck[]>>
> = {
  model_mlp_small: checkMlp,
  model_deepce_small: checkDeepce,
  model_ciger_small: checkCiger,
};

function sizes(golden: BadgerGolden): Record<string, number> {
  const { config = {} } = golden.manifest;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, Number(value)]));
}

async function checkMlp(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const { genes, drug_width: drugWidth, cell_width: cellWidth, hidden, dropout } = sizes(golden);
  const stages = golden.manifest.config!.mlp as number[];
  const model: MlpConfig = { genes, drugWidth, cellWidth, hidden, stages, dropout };
  const constant = (key: string) => engine.constant(golden.shape(key), golden.values(key), key);
  const inputs = { drug: constant("in/drug_pooled"), cell: constant("in/cell") };
  return await checkTrainedModel(engine, golden, {
    specs: mlpSpecs(model),
    loss: releasedMlpLoss,
    network: (step, p, train) => {
      const { prediction, modules } = mlp(step, p, model, inputs, { train });
      return { prediction, modules: new Map([...modules].map(([name, tensor]) => [name, { tensor }])) };
    },
  });
}

/** The golden's batch of molecules. */
function graphOf(golden: BadgerGolden): NeuralGraphBatch {
  const whole = (name: string) => Uint32Array.from(golden.integers(`in/${name}`));
  const atomMolecule = whole("atom_molecule");
  const atomSlot = whole("atom_slot");
  return {
    molecules: golden.shape("in/meta")[0],
    atoms: atomMolecule.length,
    maximumAtoms: Math.max(...atomSlot) + 1,
    atomFeatures: golden.values("in/atom_features"),
    bondFeatures: golden.values("in/bond_features"),
    neighbourPtr: whole("neighbour_ptr"),
    neighbourAtom: whole("neighbour_atom"),
    neighbourBond: whole("neighbour_bond"),
    atomDegree: whole("atom_degree"),
    atomMolecule,
    atomSlot,
    degreeStart: new Uint32Array(), // nothing here reads it
  };
}

/** The batch on the device, with a little surplus on purpose: it must not show. */
function graphConstants(engine: Engine, batch: NeuralGraphBatch): [GraphTensors, GraphCapacity] {
  const capacity = {
    molecules: batch.molecules,
    atoms: batch.atoms + 5,
    bonds: batch.bondFeatures.length / 6 + 3,
    slots: batch.maximumAtoms + 2,
  };
  const packed = packGraphs(batch, capacity);
  const tensors = graphTensors(capacity, (shape, name) => engine.constant(shape, packed[name], name));
  return [tensors, capacity];
}

/** Modules as the golden lays them out: without surplus atoms and slots, the gene table once a sample. */
function views(
  modules: ReadonlyMap<string, Tensor>,
  batch: NeuralGraphBatch,
  { atoms, slots }: GraphCapacity,
): Map<string, GoldenModule> {
  const { molecules, maximumAtoms } = batch;
  const cut = (name: string, tensor: Tensor) => (values: Float32Array): ArrayLike<number> => {
    if (name === "gene_embed") return Array.from({ length: molecules }, () => [...values]).flat();
    if (name.startsWith("drug_embed.conv")) return values.subarray(0, values.length / atoms * batch.atoms);
    if (name !== "drug_embed" || tensor.shape.length < 3) return values;
    const width = tensor.shape[2];
    return Array.from({ length: molecules }, (_, m) => [
      ...values.subarray(m * slots * width, (m * slots + maximumAtoms) * width),
    ]).flat();
  };
  return new Map([...modules].map(([name, tensor]) => [name, { tensor, view: cut(name, tensor) }]));
}

async function checkDeepce(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const {
    genes,
    meta_width: metaWidth,
    gene_feature_width: geneWidth,
    hidden,
    pf_dim: feedForward,
    dropout,
  } = sizes(golden);
  const convolutions = golden.manifest.config!.conv as number[];
  const model: DeepceConfig = {
    ...releasedDeepce,
    genes,
    metaWidth,
    geneWidth,
    hidden,
    convolutions,
    feedForward,
    dropout,
  };
  const batch = graphOf(golden);
  const [graph, capacity] = graphConstants(engine, batch);
  const inputs = { graph, meta: engine.constant(golden.shape("in/meta"), golden.values("in/meta"), "meta") };
  return await checkTrainedModel(engine, golden, {
    specs: deepceSpecs(model),
    loss: releasedDeepceLoss,
    network: (step, p, train) => {
      const { prediction, modules } = deepce(step, p, model, inputs, { train });
      return { prediction, modules: views(modules, batch, capacity) };
    },
  });
}

async function checkCiger(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const {
    genes,
    meta_width: metaWidth,
    gene_feature_width: geneWidth,
    hidden,
    pf_dim: feedForward,
    dropout,
  } = sizes(golden);
  const { conv, decoder } = golden.manifest.config as { conv: number[]; decoder: number[] };
  const model: CigerConfig = {
    ...releasedCiger,
    genes,
    metaWidth,
    geneWidth,
    hidden,
    convolutions: conv,
    feedForward,
    decoder,
    dropout,
  };
  const batch = graphOf(golden);
  const [graph, capacity] = graphConstants(engine, batch);
  const inputs = { graph, meta: engine.constant(golden.shape("in/meta"), golden.values("in/meta"), "meta") };
  return await checkTrainedModel(engine, golden, {
    specs: cigerSpecs(model),
    loss: releasedCigerLoss,
    network: (step, p, train) => {
      // The gene table itself moves within the step; a copy shows what the step began with.
      const table = { stages: [{ kind: "affine", scale: 1, shift: 0 }] } as const;
      const seen = new Map([["gene_embed", elementwise(step, { x: p("gene_embed.weight") }, table)]]);
      const onWeights = (weights: Tensor) => seen.set("attention.1", weights);
      const { prediction, modules } = ciger(step, p, model, inputs, { train, onWeights });
      return { prediction, modules: views(new Map([...modules, ...seen]), batch, capacity) };
    },
  });
}
