/**
 * Golden checks of single operations on the device. Sizes come from the manifests and tensors, so another set of the
 * same format passes unchanged.
 */
import { pearsonPerRow, pearsonPooled, rootMeanSquaredError } from "../../datasets/metrics/metrics.ts";
import { readSafetensors } from "../../engine/checkpoint/safetensors.ts";
import { toFloat32 } from "../../engine/checkpoint/stored_tensor.ts";
import {
  type Engine,
  LossRing,
  Parameters,
  recordOptimizer,
  type Step,
  type Tensor,
} from "../../engine/mod.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { blockGraph, csg2aBlock } from "../../engine/ops/csg2a_block.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { matAttention } from "../../engine/ops/mat_attention.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { segmentMean } from "../../engine/ops/segment_mean.ts";
import { conditionVector, encoderLayer, matNorm, moleculeEncoder } from "../../models/csg2a/network.ts";
import { attentionLambdas, type Csg2aConfig, releasedHeadWidths } from "../../models/csg2a/sizes.ts";
import {
  compare,
  compareAfterSteps,
  compareExactly,
  compareNumber,
  type GoldenCheck,
  relative,
} from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";
import { packPadded } from "./pack_padded.ts";

/** Says why a golden cannot be checked here. */
export class Skipped extends Error {}

type Check = (engine: Engine, golden: GoldenFile) => Promise<GoldenCheck[]>;

/** Checks by the beginning of the golden's name. */
export const operationChecks: readonly (readonly [string, Check])[] = [
  ["block_", checkBlock],
  ["mat_layernorm", (engine, golden) => checkLayerNorm(engine, golden, "mat")],
  ["torch_layernorm", (engine, golden) => checkLayerNorm(engine, golden, "torch")],
  ["batchnorm1d", checkBatchNorm],
  ["mat_attention_core", checkAttentionCore],
  ["mat_mha", checkMultiHeadAttention],
  ["mat_ffn", checkFeedForward],
  ["mat_encoder_layer", checkEncoderLayer],
  ["mat_full", checkMatFull],
  ["cce_head", checkConditionHead],
  ["loss_metrics", checkLossMetrics],
  ["optim_adam", checkAdam],
];

/** A model configuration for goldens that exercise only a part of it. */
export function configOf(sizes: Partial<Csg2aConfig>): Csg2aConfig {
  return {
    genes: 1,
    headWidths: releasedHeadWidths,
    variant: "rowsum",
    hiddenWidth: 1,
    mat: { width: 16, layers: 1, heads: 4 },
    dropout: 0,
    cceDropout: 0,
    plainLinear: false,
    headInput: "raw",
    frozen: true,
    frozenMode: "train",
    ...sizes,
  };
}

/** All `param.*` of a golden as constants that want a gradient. */
export function parameterTensors(engine: Engine, golden: GoldenFile): (key: string) => Tensor {
  const made = new Map<string, Tensor>();
  return (key) => {
    const known = made.get(key);
    if (known) return known;
    const name = golden.has(`param.${key}`) ? `param.${key}` : `buf.${key}`;
    const wants = name.startsWith("param.");
    const tensor = engine.constant(golden.shape(name), golden.values(name), key, wants);
    made.set(key, tensor);
    return tensor;
  };
}

/** Records forward and backward, runs them, and hands back readers of output and gradients. */
async function run(
  engine: Engine,
  name: string,
  build: (step: Step) => { output: Tensor; extra?: Tensor[]; wanted: Record<string, Tensor> },
  upstream: Float32Array<ArrayBuffer>,
): Promise<{ output: Float32Array; extra: Float32Array[]; gradients: Map<string, Float32Array> }> {
  const { plan, result } = await engine.record(name, (step) => {
    const { output, extra = [], wanted } = build(step);
    const dy = step.input(output.shape, "dy");
    step.keep(output);
    extra.forEach((tensor) => step.keep(tensor));
    step.backward(output, dy);
    const gradients = Object.entries(wanted).map(([key, tensor]) =>
      [key, step.keep(step.gradient(tensor)!)] as const
    );
    return { output, extra, gradients, dy };
  });
  plan.replay(new Map([[result.dy, upstream]]), engine.still);
  const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
  const gradients = new Map<string, Float32Array>();
  for (const [key, tensor] of result.gradients) gradients.set(key, await read(tensor));
  const extra: Float32Array[] = [];
  for (const tensor of result.extra) extra.push(await read(tensor));
  return { output: await read(result.output), extra, gradients };
}

function input(
  engine: Engine,
  golden: GoldenFile,
  name: string,
  shape = golden.shape(name),
  wants = true,
): Tensor {
  return engine.constant(shape, golden.values(name), name, wants);
}

function gradientChecks(
  golden: GoldenFile,
  gradients: Map<string, Float32Array>,
  tau: number,
): GoldenCheck[] {
  return [...gradients].map(([key, values]) => {
    if (!golden.has(`idx.${key}`)) return compare(golden, `grad.${key}`, values, tau);
    const sampled = Float32Array.from(golden.integers(`idx.${key}`), (i) => values[i]);
    return compare(golden, `grad.${key}`, sampled, tau);
  });
}

async function ppiOf(golden: GoldenFile): Promise<{ indptr: Uint32Array; indices: Uint32Array }> {
  if (golden.has("in.ppi_row_ptr")) {
    return {
      indptr: Uint32Array.from(golden.integers("in.ppi_row_ptr")),
      indices: Uint32Array.from(golden.integers("in.ppi_col_idx")),
    };
  }
  const genes = golden.number("G");
  try {
    for (const entry of Deno.readDirSync(`${golden.folder}/graphs`)) {
      const graph = readSafetensors(await Deno.readFile(`${golden.folder}/graphs/${entry.name}`), entry.name);
      const [indptr, indices] = [graph.get("indptr"), graph.get("indices")];
      if (indptr?.data.length === genes + 1 && indices) {
        return { indptr: Uint32Array.from(toFloat32(indptr)), indices: Uint32Array.from(toFloat32(indices)) };
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new Skipped(`no graph of ${genes} genes in graphs/`);
}

async function checkBlock(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const variant = golden.manifest.config.variant as "rowsum" | "matmul";
  const ppi = await ppiOf(golden);
  const packed = blockGraph(ppi.indptr, ppi.indices, variant);
  const p = parameterTensors(engine, golden);
  const profile = input(engine, golden, "in.g");
  const condition = input(engine, golden, "in.c");
  const graph = engine.constant([packed.graph.length], packed.graph, "graph");
  const graphTransposed = engine.constant([packed.transposed.length], packed.transposed, "transposed graph");
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: csg2aBlock(step, {
      profile,
      condition,
      wGex: p("w_gex"),
      wComp: p("w_comp"),
      graph,
      graphTransposed,
    }, {
      variant,
    }),
    wanted: { g: profile, c: condition, w_gex: p("w_gex"), w_comp: p("w_comp") },
  }), golden.values("in.dy"));
  const norms = Object.entries(golden.manifest.scalars).filter(([key]) => key.startsWith("l2.grad."))
    .map(([key, value]) =>
      compareNumber(key, Math.hypot(...chunkedNorms(gradients.get(key.slice(8))!)), value, relative.operation)
    );
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
    ...norms,
  ];
}

/** L2 norms of pieces, so that none is lost to the length of an argument list. */
function chunkedNorms(values: Float32Array): number[] {
  const norms: number[] = [];
  for (let from = 0; from < values.length; from += 4096) {
    norms.push(Math.sqrt(values.subarray(from, from + 4096).reduce((sum, value) => sum + value * value, 0)));
  }
  return norms;
}

async function checkLayerNorm(
  engine: Engine,
  golden: GoldenFile,
  kind: "mat" | "torch",
): Promise<GoldenCheck[]> {
  const [scaleKey, shiftKey] = kind === "mat" ? ["a_2", "b_2"] : ["weight", "bias"];
  const p = parameterTensors(engine, golden);
  const x = input(engine, golden, "in.x");
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: layerNorm(step, { x, scale: p(scaleKey), shift: p(shiftKey) }, { kind }),
    wanted: { x, [scaleKey]: p(scaleKey), [shiftKey]: p(shiftKey) },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkBatchNorm(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const train = golden.manifest.config.mode === "train";
  const p = parameterTensors(engine, golden);
  const x = input(engine, golden, "in.x");
  const [runningMean, runningVariance] = [p("running_mean"), p("running_var")];
  const { output, extra, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: batchNorm(step, { x, scale: p("weight"), shift: p("bias"), runningMean, runningVariance }, {
      train,
      momentum: golden.number("momentum"),
    }),
    extra: [runningMean, runningVariance],
    wanted: { x, weight: p("weight"), bias: p("bias") },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    compare(golden, "bufafter.running_mean", extra[0], relative.operation),
    compare(golden, "bufafter.running_var", extra[1], relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkAttentionCore(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const heads = golden.number("h");
  const [batch, , length, depth] = golden.shape("in.q");
  const { constant, tiles } = packPadded(golden).tensors(engine);
  // [batch, head, node, depth] there, [batch node, head depth] here.
  const toRows = (values: Float32Array) => {
    const rows = new Float32Array(values.length);
    for (let b = 0; b < batch; b++) {
      for (let h = 0; h < heads; h++) {
        for (let i = 0; i < length; i++) {
          for (let c = 0; c < depth; c++) {
            rows[((b * length + i) * heads + h) * depth + c] =
              values[((b * heads + h) * length + i) * depth + c];
          }
        }
      }
    }
    return rows;
  };
  const back = (rows: Float32Array) => {
    const values = new Float32Array(rows.length);
    const places = toRows(Float32Array.from(values, (_, i) => i));
    places.forEach((to, from) => values[to] = rows[from]);
    return values;
  };
  const shape = [batch * length, heads * depth];
  const [q, k, v] = ["q", "k", "v"].map((name) =>
    engine.constant(shape, toRows(golden.values(`in.${name}`)), name, true)
  );
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: matAttention(step, { q, k, v, constant, tiles }, {
      heads,
      lambda: golden.number("lambda_attention"),
    }),
    wanted: { q, k, v },
  }), toRows(golden.values("in.dy")));
  return [
    compare(golden, "out.o", back(output), relative.operation),
    ...[...gradients].map(([key, values]) =>
      compare(golden, `grad.${key}`, back(values), relative.operation)
    ),
  ];
}

/** Padded [batch, nodes, width] inputs as rows; padded rows ask but are not asked. */
function paddedRows(engine: Engine, golden: GoldenFile) {
  const [batch, length, width] = golden.shape("in.x");
  return {
    x: input(engine, golden, "in.x", [batch * length, width]),
    packed: packPadded(golden).tensors(engine),
  };
}

async function checkMultiHeadAttention(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const { x, packed: { constant, tiles } } = paddedRows(engine, golden);
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => {
    const dense = (of: Tensor, i: number) =>
      linear(step, { x: of, weight: p(`linears.${i}.weight`), bias: p(`linears.${i}.bias`) }, {});
    const [q, k, v] = [0, 1, 2].map((i) => dense(x, i));
    const attended = matAttention(step, { q, k, v, constant, tiles }, {
      heads: golden.number("h"),
      lambda: attentionLambdas[0],
    });
    return {
      output: dense(attended, 3),
      wanted: { x, ...Object.fromEntries(keys.map((key) => [key, p(key)])) },
    };
  }, golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkFeedForward(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const { x } = paddedRows(engine, golden);
  const [weight, bias] = [p("linears.0.weight"), p("linears.0.bias")];
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: linear(step, { x, weight, bias }, {
      activation: "leakyRelu",
      slope: golden.number("leaky_relu_slope"),
    }),
    wanted: { x, "linears.0.weight": weight, "linears.0.bias": bias },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkEncoderLayer(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const { x, packed } = paddedRows(engine, golden);
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: encoderLayer(step, p, x, golden.number("h"), packed),
    wanted: { x, ...Object.fromEntries(keys.map((key) => [key, p(key)])) },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkMatFull(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const packed = packPadded(golden).tensors(engine);
  const layers = golden.number("N");
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const mat = { width: golden.number("d_model"), layers, heads: golden.number("h") };
  const { output, extra, gradients } = await run(engine, golden.manifest.name, (step) => {
    const states = moleculeEncoder(step, p, configOf({ mat }), packed);
    return {
      output: matNorm(step, p, states.at(-1)!, "encoder.norm"),
      extra: states.slice(1),
      wanted: Object.fromEntries(keys.map((key) => [key, p(key)])),
    };
  }, golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...extra.map((values, k) => compare(golden, `mid.layer${k}`, values, relative.operation)),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkConditionHead(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const train = golden.manifest.config.mode === "train";
  const inner = parameterTensors(engine, golden);
  const p = (key: string) => inner(key.replace(/^CCE\./, ""));
  const [batch, length, width] = golden.shape("in.comp");
  const mask = golden.integers("in.mask");
  const rows = [...mask.keys()].filter((row) => mask[row]);
  const pick = (values: Float32Array) =>
    Float32Array.from(
      { length: rows.length * width },
      (_, i) => values[rows[Math.floor(i / width)] * width + i % width],
    );
  const x = engine.constant([rows.length, width], pick(golden.values("in.comp")), "in.comp", true);
  const owners = Uint32Array.from(rows, (row) => Math.floor(row / length));
  const first = Uint32Array.from({ length: batch + 1 }, (_, b) => owners.filter((owner) => owner < b).length);
  const starts = engine.constant([batch + 1], first, "starts");
  const moleculeOf = engine.constant([rows.length], owners, "molecule of each row");
  const [dose, time] = ["dose", "time"].map((name) =>
    input(engine, golden, `in.${name}`, undefined, golden.has(`grad.${name}`))
  );
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const config = configOf({ genes: golden.number("G"), mat: { width, layers: 1, heads: 1 } });
  const { output, extra, gradients } = await run(engine, golden.manifest.name, (step) => {
    const molecule = segmentMean(step, { x, starts, segmentOf: moleculeOf });
    const comp = conditionVector(step, p, config, { molecule, dose, time }, { train });
    const wanted: Record<string, Tensor> = Object.fromEntries(keys.map((key) => [key, inner(key)]));
    for (const [name, tensor] of [["comp", x], ["dose", dose], ["time", time]] as const) {
      if (golden.has(`grad.${name}`)) wanted[name] = tensor;
    }
    return {
      output: comp,
      extra: [inner("comp_proj.1.running_mean"), inner("comp_proj.1.running_var")],
      wanted,
    };
  }, golden.values("in.dy"));
  const dcomp = gradients.get("comp");
  if (dcomp) {
    // Padding takes no part in the mean, so its gradient is zero.
    const padded = new Float32Array(batch * length * width);
    rows.forEach((row, k) => padded.set(dcomp.subarray(k * width, (k + 1) * width), row * width));
    gradients.set("comp", padded);
  }
  const after = ["running_mean", "running_var"].map((name, k) =>
    [`bufafter.comp_proj.1.${name}`, extra[k]] as const
  )
    .filter(([name]) => golden.has(name));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...after.map(([name, values]) => compare(golden, name, values, relative.operation)),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

async function checkLossMetrics(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const prediction = input(engine, golden, "in.pred");
  const target = input(engine, golden, "in.target", undefined, false);
  const { output, gradients } = await run(engine, golden.manifest.name, (step) => ({
    output: mseLoss(step, { prediction, target }),
    wanted: { pred: prediction },
  }), new Float32Array([1]));
  const [found, expected] = [golden.values("in.pred"), golden.values("in.target")];
  const { scalars } = golden.manifest;
  return [
    compareNumber("mse", output[0], scalars.mse, relative.operation),
    compareNumber("rmse", rootMeanSquaredError(found, expected), scalars.rmse, relative.operation),
    compareNumber("pcc_flat", pearsonPooled(found, expected), scalars.pcc_flat, relative.operation),
    compare(
      golden,
      "out.pcc_per_row",
      pearsonPerRow(found, expected, golden.shape("in.pred")[1]),
      relative.operation,
    ),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

/** Feeds prescribed gradients through the optimiser: loss = sum of gradient times parameter has just that gradient. */
async function checkAdam(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const { lr, weight_decay: weightDecay, steps, betas, eps } = golden.manifest.config as {
    lr: number;
    weight_decay: number;
    steps: number;
    betas: [number, number];
    eps: number;
  };
  const n = golden.shape("param.p0")[0];
  const parameters = new Parameters(engine.device, [{
    key: "p",
    shape: [1, n],
    kind: "parameter",
    trainable: true,
  }]);
  const ring = new LossRing(engine.device);
  try {
    parameters.write("p", golden.values("param.p0"));
    engine.state.betas = betas;
    const { plan, result } = await engine.record(golden.manifest.name, (step) => {
      const x = step.input([1, n], "prescribed gradient");
      const loss = linear(step, { x, weight: parameters.get("p") }, {});
      step.backward(loss, engine.one);
      recordOptimizer(step, parameters, loss, ring, { kind: "adam", weightDecay, betas, epsilon: eps });
      return x;
    });
    const checks: GoldenCheck[] = [];
    for (let step = 0; step < steps; step++) {
      plan.replay(new Map([[result, golden.values(`in.grad${step}`)]]), { step, seed: 0, learningRate: lr });
      const found = (await parameters.values()).get("p")!;
      checks.push(compare(golden, `after.p${step + 1}`, found, relative.operation));
      checks.push(compareAfterSteps(golden, `after.p${step + 1}`, found, lr, step + 1));
    }
    const { first, second } = await parameters.moments();
    checks.push(compare(golden, "after.exp_avg", first.get("p")!, relative.operation));
    checks.push(compare(golden, "after.exp_avg_sq", second.get("p")!, relative.operation));
    return checks;
  } finally {
    engine.state.betas = [0.9, 0.999];
    parameters.dispose();
    ring.dispose();
  }
}

export { compareExactly };
