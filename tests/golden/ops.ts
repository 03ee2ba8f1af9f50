/**
 * Golden checks of single operations on the device, and of the parts of CSG2A. Sizes come from the
 * manifests and tensors, so another set of the same format passes unchanged.
 */
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import type { Engine, Tensor } from "../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../models/ops/csg2a_block.ts";
import { segmentMean } from "../../models/ops/segment_mean.ts";
import { conditionVector, matNorm, moleculeEncoder } from "../../models/csg2a/network.ts";
import { type Csg2aConfig, releasedHeadWidths } from "../../models/csg2a/sizes.ts";
import { compare, compareNumber, type GoldenCheck, relative } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";
import {
  checkAttentionCore,
  checkEncoderLayer,
  checkFeedForward,
  checkMultiHeadAttention,
} from "./mat_ops.ts";
import { checkBatchNorm, checkLayerNorm } from "./normalisation_ops.ts";
import { packPadded } from "./pack_padded.ts";
import { gradientChecks, input, parameterTensors, runRecorded } from "./recorded_golden.ts";
import { checkAdam, checkLossMetrics } from "./training_ops.ts";

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
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
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

async function checkMatFull(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const packed = packPadded(golden).tensors(engine);
  const layers = golden.number("N");
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const mat = { width: golden.number("d_model"), layers, heads: golden.number("h") };
  const { output, extra, gradients } = await runRecorded(engine, golden.manifest.name, (step) => {
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
  const { output, extra, gradients } = await runRecorded(engine, golden.manifest.name, (step) => {
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
