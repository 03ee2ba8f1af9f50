import { additiveWeights } from "../../../models/ops/additive_weights.ts";
import { attentionValues } from "../../../engine/ops/attention_values.ts";
import { dotAttention as recordAttention } from "../../../engine/ops/dot_attention.ts";
import { additiveTilingTunable } from "../../../kernels/additive_attention/tunable.ts";
import { attentionFormTunable } from "../../../kernels/gene_attention/tunable.ts";
import { referenceAdditive } from "../../reference/additive_attention.ts";
import { referenceDotAttention } from "../../reference/attention.ts";
import { largestError, type TunedWork } from "./work.ts";

// Float64 on the host takes seconds a sample at released sizes: it is found for the first sample, and nothing flows back
// from the others, so that gradients of what samples share can be compared as well.

/** Scaled dot attention of one tensor in all roles, or of three. */
export const dotAttention: TunedWork = {
  tunable: attentionFormTunable,
  prepare(engine, { samples, heads, queries, keys, depth, self }, random) {
    const width = heads * depth;
    const table = (rows: number) => random.floats(samples * rows * width);
    const q = table(queries);
    const host = { q, k: self ? q : table(keys), v: self ? q : table(keys) };
    const upstream = random.floats(queries * width);
    const input = (name: keyof typeof host, rows: number) =>
      engine.constant([samples * rows, width], host[name], name, true);
    const x = input("q", queries);
    const inputs = self ? { q: x, k: x, v: x } : { q: x, k: input("k", keys), v: input("v", keys) };
    const dy = engine.constant([samples * queries, width], inFirst(upstream, samples), "upstream");
    const first = (values: Float32Array, rows: number) => values.subarray(0, rows * width);
    const { y, dq, dk, dv } = referenceDotAttention(
      { q: first(host.q, queries), k: first(host.k, keys), v: first(host.v, keys) },
      { samples: 1, heads, queries, keys, depth },
      1 / Math.sqrt(depth),
      upstream,
    );
    const expected = self ? [y, dq.map((value, i) => value + dk[i] + dv[i])] : [y, dq, dk, dv];
    return async () => {
      const { plan, result: kept } = await engine.record("dot attention", (step) => {
        const y = recordAttention(step, inputs, { samples, heads });
        step.backward(y, dy);
        const asked = new Set(Object.values(inputs));
        return [y, ...[...asked].map((input) => step.gradient(input)!)].map((tensor) => step.keep(tensor));
      });
      const streams = plan.dispatches.some(({ kernel }) => kernel.name.startsWith("gene_attention_forward"));
      return {
        plan,
        runs: streams ? "streaming" : "stored",
        error: () => largestError(plan, kept, expected),
      };
    };
  },
};

/** Additive attention, scores to values. */
export const additiveAttention: TunedWork = {
  tunable: additiveTilingTunable,
  prepare(engine, { samples, heads, queries, keys, depth, shared }, random) {
    const width = heads * depth;
    const sharedQueries = shared === 1;
    const rows = { q: sharedQueries ? queries : samples * queries, k: samples * keys, v: samples * keys };
    const host = {
      q: random.floats(rows.q * width),
      k: random.floats(rows.k * width),
      v: random.floats(rows.v * width),
      bias: random.floats(depth, 0.1),
      vector: random.floats(depth),
      offset: random.floats(1),
    };
    const upstream = random.floats(queries * width);
    const table = (name: "q" | "k" | "v") => engine.constant([rows[name], width], host[name], name, true);
    const small = (name: "bias" | "vector" | "offset") =>
      engine.constant([host[name].length], host[name], name, true);
    const inputs = {
      q: table("q"),
      k: table("k"),
      bias: small("bias"),
      vector: small("vector"),
      offset: small("offset"),
    };
    const v = table("v");
    const dy = engine.constant([samples * queries, width], inFirst(upstream, samples), "upstream");
    const { y, gradients } = referenceAdditive(
      {
        ...host,
        q: host.q.subarray(0, queries * width),
        k: host.k.subarray(0, keys * width),
        v: host.v.subarray(0, keys * width),
      },
      { samples: 1, heads, queries, keys, depth, shared: sharedQueries },
      upstream,
      new Float32Array(heads * queries * keys),
    );
    // The gradient of the offset is 0 without a mask: only rounding is left to compare.
    const expected = [y, gradients.q, gradients.k, gradients.v, gradients.bias, gradients.vector];
    return async () => {
      const { plan, result: kept } = await engine.record("additive attention", (step) => {
        const layout = { samples, heads, sharedQueries };
        const weights = additiveWeights(step, inputs, layout);
        const y = attentionValues(step, { weights, v }, { ...layout, queries });
        step.backward(y, dy);
        const { q, k, bias, vector } = inputs;
        return [y, ...[q, k, v, bias, vector].map((input) => step.gradient(input)!)].map((tensor) =>
          step.keep(tensor)
        );
      });
      const tiled = plan.dispatches.some(({ kernel }) => kernel.name.startsWith("additive_scores_tiled"));
      return {
        plan,
        runs: tiled ? "tiles" : "registers",
        error: () => largestError(plan, kept, expected),
      };
    };
  },
};

function inFirst(upstream: Float32Array, samples: number): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(samples * upstream.length);
  whole.set(upstream);
  return whole;
}
