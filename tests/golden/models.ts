/** Golden checks of whole models: outputs, intermediates, gradients, running statistics, and steps of Adam. */
import { ppiFromDense } from "../support/ppi_matrix.ts";
import {
  type Engine,
  LossRing,
  Parameters,
  recordOptimizer,
  type Step,
  type Tensor,
} from "../../engine/mod.ts";
import { blockGraph } from "../../models/ops/csg2a_block.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import {
  csg2a,
  csg2aFinetuning,
  type Csg2aOutput,
  type MoleculeTensors,
  moleculeVectors,
} from "../../models/csg2a/network.ts";
import {
  packMolecules,
  type PreparedMolecule,
  prepareMolecule,
} from "../../models/csg2a/packed_molecules.ts";
import { finetuningSpecs, pretrainingSpecs } from "../../models/csg2a/parameter_specs.ts";
import type { Csg2aConfig } from "../../models/csg2a/sizes.ts";
import { compare, compareAfterSteps, compareNumber, type GoldenCheck, relative } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";
import { configOf } from "./ops.ts";

const tau = relative.model;

function modelConfig(golden: GoldenFile): Csg2aConfig {
  const { config } = golden.manifest;
  return configOf({
    genes: golden.number("G"),
    headWidths: [Number(config.h1 ?? 512), Number(config.h2 ?? 64)],
    variant: config.variant as Csg2aConfig["variant"],
    hiddenWidth: golden.number("hdim"),
    mat: { width: golden.number("d_model"), layers: golden.number("N"), heads: golden.number("h") },
    frozen: config.frozen_csg2a === true,
  });
}

/** The golden's padded molecules without their padding. */
function molecules(golden: GoldenFile): PreparedMolecule[] {
  const [batch, length, columns] = golden.shape("in.node");
  const mask = golden.integers("in.mask");
  return Array.from({ length: batch }, (_, b) => {
    const nodes = mask.subarray(b * length, (b + 1) * length).reduce((sum, m) => sum + m, 0);
    const square = (name: string) =>
      Float32Array.from(
        { length: nodes * nodes },
        (_, e) => golden.values(name)[(b * length + Math.floor(e / nodes)) * length + e % nodes],
      );
    return prepareMolecule({
      smiles: "",
      nodes,
      features: golden.values("in.node").slice(b * length * columns, (b * length + nodes) * columns),
      adjacency: square("in.adj"),
      distance: square("in.dist"),
      distanceMode: "file",
    });
  });
}

function moleculeConstants(engine: Engine, list: readonly PreparedMolecule[]): MoleculeTensors {
  // A little surplus on purpose: it must not show.
  const nodes = list.reduce((sum, molecule) => sum + molecule.nodes, 0) + 5;
  const pairs = list.reduce((sum, molecule) => sum + molecule.nodes ** 2, 0) + 3;
  const packed = packMolecules(list, { molecules: list.length, nodes, pairs });
  return {
    features: engine.constant([nodes, packed.features.length / nodes], packed.features, "atom features"),
    constant: engine.constant([pairs], packed.constant, "distance and adjacency terms"),
    tiles: engine.constant([packed.tiles.length / 4, 4], packed.tiles, "tiles"),
    starts: engine.constant([packed.starts.length], packed.starts, "starts"),
    moleculeOf: engine.constant([nodes], packed.moleculeOf, "molecule of each node"),
  };
}

function ppi(golden: GoldenFile) {
  if (golden.has("in.ppi_row_ptr")) {
    return {
      indptr: Uint32Array.from(golden.integers("in.ppi_row_ptr")),
      indices: Uint32Array.from(golden.integers("in.ppi_col_idx")),
    };
  }
  const genes = golden.number("G");
  return ppiFromDense(Array.from({ length: genes }, (_, i) => `gene ${i}`), golden.values("in.ppi"));
}

/** The tensor that a kernel of the recorded step reads or writes under a binding's name. */
function bound(step: Step, kernel: RegExp, binding: string): Tensor {
  const dispatch = step.dispatches.find(({ kernel: { name } }) => kernel.test(name))!;
  const place = dispatch.compiled.layout.storage.findIndex(({ name }) => name === binding);
  return dispatch.bindings[place].tensor;
}

/** Checks one file of kind "model". */
export async function checkModel(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const config = modelConfig(golden);
  const finetune = golden.manifest.config.finetune === true;
  const train = golden.manifest.config.mode === "train";
  const adam = golden.manifest.config.adam as { lr: number; weight_decay: number; steps: number } | undefined;
  const specs = finetune ? finetuningSpecs(config) : pretrainingSpecs(config);
  const parameters = new Parameters(engine.device, specs);
  const ring = new LossRing(engine.device);
  try {
    for (const { key, kind } of specs) {
      if (kind !== "counter") {
        parameters.write(key, golden.values(`${kind === "buffer" ? "buf" : "param"}.${key}`));
      }
    }
    const graph = ppi(golden);
    const packed = blockGraph(graph.indptr, graph.indices, config.variant);
    const list = molecules(golden);
    const onDevice = moleculeConstants(engine, list);
    const constant = (name: string) => engine.constant(golden.shape(name), golden.values(name), name);
    const inputs = {
      profile: constant("in.b_gex"),
      dose: constant("in.dose"),
      time: constant("in.time"),
      graph: engine.constant([packed.graph.length], packed.graph, "graph"),
      graphTransposed: engine.constant([packed.transposed.length], packed.transposed, "transposed graph"),
    };
    const target = constant("in.target");
    const p = (key: string) => parameters.get(key);
    const forward = (step: Step, training: boolean) => {
      const molecule = moleculeVectors(step, finetune ? (key) => p(`CSG2A.${key}`) : p, config, onDevice);
      const mode = { train: training };
      return finetune
        ? csg2aFinetuning(step, p, config, { ...inputs, molecule }, mode, mode)
        : csg2a(step, p, config, { ...inputs, molecule }, mode);
    };
    const { plan, result } = await engine.record(golden.manifest.name, (step) => {
      const output = forward(step, train);
      const prediction = predictionOf(output);
      const loss = mseLoss(step, { prediction, target });
      const middle = {
        mat: bound(step, /^segment_mean$/, "x"),
        block: bound(step, /^csg2a_expand_genes/, "y"),
        concat: bound(step, /^batch_norm/, "x"),
      };
      step.backward(loss, engine.one);
      for (const tensor of [prediction, output.prediction, output.comp, loss, middle.mat, middle.block]) {
        step.keep(tensor);
      }
      recordOptimizer(step, parameters, loss, ring, { kind: "adam", weightDecay: adam?.weight_decay ?? 0 });
      return { prediction, profile: output.prediction, comp: output.comp, loss, ...middle };
    });
    const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
    const checks: GoldenCheck[] = [];
    const losses: number[] = [];
    for (let step = 0; step < (adam?.steps ?? 1); step++) {
      plan.replay(new Map(), { step, seed: 0, learningRate: adam?.lr ?? 0 });
      losses.push((await read(result.loss))[0]);
      if (step > 0) continue;
      checks.push(
        compare(golden, "out.pred", await read(result.prediction), tau),
        compare(golden, "out.comp", await read(result.comp), tau),
        compare(golden, "out.loss", losses, tau),
        compare(golden, "mid.block_out", await read(result.block), tau),
      );
      if (golden.has("mid.pred_gex")) {
        checks.push(compare(golden, "mid.pred_gex", await read(result.profile), tau));
      }
      checks.push(...compareMat(golden, list, config.mat.width, await read(result.mat)));
      for (const [key, values] of await parameters.gradients(plan)) {
        checks.push(...compareGradient(golden, key, values));
      }
      const now = await parameters.values();
      for (const { key, kind } of specs) {
        const name = [`bufafter.step1.${key}`, `bufafter.${key}`].find((candidate) => golden.has(candidate));
        if (kind === "buffer" && name) checks.push(compare(golden, name, now.get(key)!, tau));
      }
    }
    if (adam) {
      const after = await parameters.values();
      for (const { key } of specs) {
        if (golden.has(`after.${key}`)) {
          checks.push(compareAfterSteps(golden, `after.${key}`, after.get(key)!, adam.lr, adam.steps));
        }
        if (golden.has(`bufafter.end.${key}`)) {
          checks.push(
            compare(golden, `bufafter.end.${key}`, after.get(key)!, tau, { drift: drift(golden, key, adam) }),
          );
        }
      }
    }
    if (golden.has("out.eval_pred_after_steps")) {
      const evaluation = await engine.record(`${golden.manifest.name} evaluation`, (step) => {
        const output = forward(step, false);
        const prediction = step.keep(predictionOf(output));
        return { prediction, loss: step.keep(mseLoss(step, { prediction, target })) };
      });
      evaluation.plan.replay(new Map(), engine.still);
      const found = async (tensor: Tensor) => new Float32Array(await evaluation.plan.read(tensor));
      checks.push(
        compare(golden, "out.eval_pred_after_steps", await found(evaluation.result.prediction), tau),
      );
      // The last of the losses is that of the evaluation after the steps.
      losses.push((await found(evaluation.result.loss))[0]);
    }
    if (golden.has("out.losses")) checks.push(compare(golden, "out.losses", losses, tau));
    return checks;
  } finally {
    parameters.dispose();
    ring.dispose();
  }
}

/**
 * How far two right implementations may differ in a running mean after some steps: biases before a BatchNorm have a
 * zero gradient, Adam moves them up to lr a step by rounding noise, and the mean follows with momentum 0.1
 * (csg2a.md 5.1). For the condition encoder the noise passes through its projection.
 */
function drift(
  golden: GoldenFile,
  key: string,
  { lr, steps }: { lr: number; steps: number },
): (index: number) => number {
  const zero = golden.manifest.zero_gradient ?? [];
  let reach = 0;
  for (let k = 1; k <= steps; k++) reach = 0.9 * reach + 0.1 * 2 * (k - 1) * lr;
  const before = key.replace(/(\d+)\.running_mean$/, (_, n) => `${Number(n) - 1}.bias`);
  if (zero.includes(before)) return () => reach;
  const weight = `param.${before.replace(/bias$/, "weight")}`;
  if (
    !key.endsWith("CCE.comp_proj.1.running_mean") || !zero.some((name) => name.endsWith("encoder.norm.b_2"))
  ) {
    return () => 0;
  }
  const [, width] = golden.shape(weight);
  const values = golden.values(weight);
  return (i) =>
    reach * values.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + Math.abs(value), 0);
}

function predictionOf(output: Csg2aOutput & { readonly logIc50?: Tensor }): Tensor {
  return output.logIc50 ?? output.prediction;
}

/** MAT's output: golden rows are padded, ours packed; only rows of the mask mean anything. */
function compareMat(
  golden: GoldenFile,
  list: readonly PreparedMolecule[],
  width: number,
  found: Float32Array,
): GoldenCheck[] {
  const starts = list.map((_, b) => list.slice(0, b).reduce((sum, molecule) => sum + molecule.nodes, 0));
  const checks: GoldenCheck[] = [];
  if (golden.has("mid.mat_out")) {
    const [, length] = golden.shape("mid.mat_out");
    const padded = new Float32Array(golden.values("mid.mat_out").length);
    list.forEach(({ nodes }, b) =>
      padded.set(found.subarray(starts[b] * width, (starts[b] + nodes) * width), b * length * width)
    );
    const mask = golden.integers("in.mask");
    checks.push(
      compare(golden, "mid.mat_out", padded, tau, { wanted: (i) => mask[Math.floor(i / width)] !== 0 }),
    );
  }
  for (const row of [0, 1]) {
    if (!golden.has(`mid.mat_row${row}`)) continue;
    const values = list.flatMap((_, b) =>
      Array.from(found.subarray((starts[b] + row) * width, (starts[b] + row + 1) * width))
    );
    checks.push(compare(golden, `mid.mat_row${row}`, values, tau));
  }
  return checks;
}

function compareGradient(golden: GoldenFile, key: string, values: Float32Array): GoldenCheck[] {
  const name = `grad.${key}`;
  if (!golden.has(name)) return [];
  if (!golden.has(`idx.${key}`)) return [compare(golden, name, values, tau)];
  const checks = [
    compare(golden, name, Float32Array.from(golden.integers(`idx.${key}`), (i) => values[i]), tau),
  ];
  const { scalars, zero_gradient: zero = [] } = golden.manifest;
  if (`l2.${name}` in scalars && !zero.includes(key)) {
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    checks.push(compareNumber(`l2.${name}`, Math.sqrt(squares), scalars[`l2.${name}`], tau));
  }
  return checks;
}
