/** Golden checks of the parts of MAT, the molecule encoder. */
import type { Engine, Tensor } from "../../engine/mod.ts";
import { linear } from "../../engine/ops/linear.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { matAttention } from "../../models/ops/mat_attention.ts";
import { encoderLayer } from "../../models/csg2a/network.ts";
import { attentionLambdas } from "../../models/csg2a/sizes.ts";
import { compare, type GoldenCheck, relative } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";
import { packPadded } from "./pack_padded.ts";
import { gradientChecks, input, parameterTensors, runRecorded } from "./recorded_golden.ts";

/** Attention alone, from queries, keys and values. */
export async function checkAttentionCore(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
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
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
    output: matAttention(step, { qkv: concatColumns(step, [q, k, v]), constant, tiles }, {
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

/** Attention with its four linear layers. */
export async function checkMultiHeadAttention(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const { x, packed: { constant, tiles } } = paddedRows(engine, golden);
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => {
    const dense = (of: Tensor, i: number) =>
      linear(step, { x: of, weight: p(`linears.${i}.weight`), bias: p(`linears.${i}.bias`) }, {});
    const [q, k, v] = [0, 1, 2].map((i) => dense(x, i));
    const attended = matAttention(step, { qkv: concatColumns(step, [q, k, v]), constant, tiles }, {
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

/** The feed-forward layer. */
export async function checkFeedForward(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const { x } = paddedRows(engine, golden);
  const [weight, bias] = [p("linears.0.weight"), p("linears.0.bias")];
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
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

/** One whole layer. */
export async function checkEncoderLayer(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const p = parameterTensors(engine, golden);
  const { x, packed } = paddedRows(engine, golden);
  const keys = golden.names.filter((name) => name.startsWith("param.")).map((name) => name.slice(6));
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
    output: encoderLayer(step, p, x, golden.number("h"), packed),
    wanted: { x, ...Object.fromEntries(keys.map((key) => [key, p(key)])) },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}
