import assert from "node:assert/strict";
import { additiveWeightsMaterialised } from "../../../bench/naive/additive_weights_materialised.ts";
import { RandomValues } from "../../../testing/random_values.ts";
import { referenceAdditive } from "../../../bench/reference/additive_attention.ts";
import type { ReferenceSizes } from "../../../bench/reference/attention.ts";
import { relativeError } from "../../../bench/relative_error.ts";
import { Engine, GpuError, ShapeError, Step } from "../../../engine/mod.ts";
import { additiveAttention } from "../../../models/ops/additive_attention.ts";
import { additiveWeights } from "../../../models/ops/additive_weights.ts";
import { attentionValues } from "../../../engine/ops/attention_values.ts";
import { cropWeights } from "../../../models/ops/crop_weights.ts";
import { headLinear } from "../../../models/ops/head_linear.ts";
import { assertClose } from "../../../testing/assert_close.ts";
import { deviceTest, gpuTest, releaseEngines } from "../../support/gpu_test.ts";
import { type RunInput, runOperation } from "../../support/run_operation.ts";

interface Case extends ReferenceSizes {
  readonly tanh?: "auto" | "factorised" | "exact" | "naive";
  readonly masks?: { keys?: boolean; queries?: boolean };
  /** Of queries and keys, and of the vector, which decides how far scores go. */
  readonly reach?: number;
  readonly vectorReach?: number;
  /** Added to every query: the range guard's centring must not notice. */
  readonly shift?: number;
  /** Keys are the values too. */
  readonly keysAreValues?: boolean;
  readonly tolerance?: number;
}

/** Largest relative errors of a run: values, weights, gradients by input. */
type Errors = Record<string, number>;

/** 1 for real: a ragged number a sample, none in the first. */
function raggedMask(samples: number, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: samples * length }, (_, i) => {
    const sample = Math.floor(i / length);
    return i % length < Math.ceil((length * sample) / samples) ? 1 : 0;
  });
}

async function check(engine: Engine, test: Case): Promise<Errors> {
  const { samples, heads, queries, keys, depth, shared = false, masks = {}, tanh = "auto" } = test;
  const { reach = 1, vectorReach = 1, shift = 0, tolerance = 1e-5 } = test;
  const random = new RandomValues(5);
  const width = heads * depth;
  const rows = (count: number, amplitude: number): RunInput => ({
    shape: [count, width],
    values: random.floats(count * width, amplitude),
  });
  const q = rows((shared ? 1 : samples) * queries, reach);
  if (shift) q.values.forEach((_, i) => (q.values as Float32Array)[i] += shift);
  const k = rows(samples * keys, reach);
  if (shift) k.values.forEach((_, i) => (k.values as Float32Array)[i] -= shift);
  const inputs = {
    q,
    k,
    v: test.keysAreValues ? k : rows(samples * keys, 1),
    bias: { shape: [depth], values: random.floats(depth, 0.1) },
    vector: { shape: [depth], values: random.floats(depth, vectorReach) },
    offset: { shape: [1], values: random.floats(1) },
  };
  const masked = {
    keyMask: { shape: [samples, keys], values: raggedMask(samples, keys), constant: true },
    queryMask: { shape: [samples, queries], values: raggedMask(samples, queries), constant: true },
  };
  const dy = random.floats(samples * queries * width);
  const extra = random.floats(samples * heads * queries * keys);
  const layout = { samples, heads, sharedQueries: shared };
  const result = await runOperation(engine, { ...inputs, ...masked }, (step, t) => {
    const scored = {
      q: t.q,
      k: t.k,
      bias: t.bias,
      vector: t.vector,
      offset: t.offset,
      keyMask: masks.keys ? t.keyMask : undefined,
      queryMask: masks.queries ? t.queryMask : undefined,
    };
    const weights = tanh === "naive"
      ? additiveWeightsMaterialised(step, scored, layout)
      : additiveWeights(step, scored, { ...layout, tanh });
    const v = test.keysAreValues ? t.k : t.v;
    return [
      attentionValues(step, { weights, v }, { ...layout, queries }),
      cropWeights(step, { weights }, { keys }),
    ];
  }, [dy, extra]);
  const host = Object.fromEntries(
    Object.entries(inputs).map(([name, { values }]) => [name, values]),
  ) as unknown as Parameters<typeof referenceAdditive>[0];
  const expected = referenceAdditive(host, { samples, heads, queries, keys, depth, shared }, dy, extra, {
    normalisation: masks.keys || masks.queries ? "clipped" : "softmax",
    keyMask: masks.keys ? masked.keyMask.values : undefined,
    queryMask: masks.queries ? masked.queryMask.values : undefined,
  });
  const { v: dv, offset: doffset, ...gradients } = expected.gradients;
  if (test.keysAreValues) gradients.k = gradients.k.map((value, i) => value + dv[i]);
  const name = JSON.stringify(test);
  const closeness = { tolerance, absolute: 1e-6 };
  const errors: Errors = {};
  const compare = (what: string, found: Float32Array, wanted: Float64Array) => {
    assertClose(found, wanted, `${name}: ${what}`, closeness);
    errors[what] = relativeError(found, wanted);
  };
  compare("values", result.outputs[0], expected.y);
  compare("weights", result.outputs[1], expected.weights);
  for (const [key, gradient] of Object.entries(test.keysAreValues ? gradients : { ...gradients, v: dv })) {
    compare(key, result.gradients[key], gradient);
  }
  // Softmax does not feel the offset. Clipped weights do by the 1e-5 in their sum and where a score is clipped: almost all of a
  // row's gradient cancels, which a sum of its terms in f32 would not survive.
  if (masks.keys || masks.queries) {
    const absolute = 1e-8 * Math.sqrt(samples * heads * queries * keys);
    assertClose(result.gradients.offset, doffset, `${name}: offset`, { tolerance, absolute });
  } else {
    assert.deepEqual([...result.gradients.offset], [0], `${name}: offset`);
  }
  return errors;
}

const worst = (errors: Errors) => Math.max(...Object.values(errors));

gpuTest("additive attention matches float64 for awkward numbers of genes and pathways", async (engine) => {
  const gene = { samples: 2, heads: 2, keys: 9, depth: 8, shared: true };
  // The kernels for GPUs take half a minute here on SwiftShader: the ragged ends alone.
  const all = engine.device.adapterClass === "software";
  for (const queries of all ? [1, 31, 977, 978, 979] : [1, 31, 979]) {
    await check(engine, { ...gene, queries });
  }
  for (const keys of all ? [1, 140, 141, 308, 309] : [141]) {
    await check(engine, { ...gene, queries: 33, keys });
  }
  for (const queries of [1, 31, 97]) await check(engine, { ...gene, queries, shared: false });
});

gpuTest(
  "the gradient of queries over 22,000 keys keeps its digits: it is summed in parts",
  async (engine) => {
    // The kernels for GPUs take a minute for as many.
    const keys = engine.device.adapterClass === "software" ? 22_003 : 2_003;
    for (const [samples, shared] of [[1, true], [2, false], [2, true]] as const) {
      const { q } = await check(engine, { heads: 2, queries: 5, keys, depth: 3, samples, shared });
      assert.ok(q < 9e-6, `${samples} samples, ${shared ? "shared queries" : "their own queries"}: ${q}`);
    }
  },
);

gpuTest("additive attention matches float64 for 1 to 17 fragments with masks", async (engine) => {
  for (let keys = 1; keys <= 17; keys += engine.device.adapterClass === "software" ? 1 : 4) {
    const sizes = { samples: 3, heads: 2, queries: 13, keys, depth: 8, shared: true, masks: { keys: true } };
    // A single permitted key has a weight of almost 1, and its score a gradient that is almost only rounding.
    await check(engine, { ...sizes, tolerance: keys < 3 ? 1e-3 : 1e-5 });
  }
});

gpuTest("additive attention matches float64 for heads of 3 to 128 channels", async (engine) => {
  for (const depth of [3, 8, 32, 64, 128]) {
    const sizes = { samples: 2, heads: 2, queries: 21, keys: 14, depth };
    await check(engine, { ...sizes, shared: true });
    await check(engine, { ...sizes, keysAreValues: true, masks: { queries: true } });
  }
});

gpuTest(
  "additive attention gives zero rows to samples without keys, and no gradient to clipped scores",
  async (engine) => {
    const sizes = { samples: 3, heads: 2, queries: 21, keys: 17, depth: 16, shared: true, vectorReach: 6 };
    for (const tanh of ["auto", "exact", "naive"] as const) {
      await check(engine, { ...sizes, tanh, masks: { keys: true }, reach: 3 });
      await check(engine, { ...sizes, tanh, masks: { keys: true, queries: true }, reach: 3, shared: false });
    }
  },
);

gpuTest("both forms of tanh stay close to float64 inside the factorisation's range", async (engine) => {
  for (const reach of engine.device.adapterClass === "software" ? [1, 10, 20, 30] : [30]) {
    const sizes = { samples: 2, heads: 2, queries: 61, keys: 37, depth: 16, shared: true, reach };
    const factorised = worst(await check(engine, { ...sizes, tanh: "factorised" }));
    const exact = worst(await check(engine, { ...sizes, tanh: "exact" }));
    assert.deepEqual(await check(engine, sizes), await check(engine, { ...sizes, tanh: "factorised" }));
    console.log(
      `queries and keys to ${reach}: factorised ${factorised.toExponential(1)}, exact ${
        exact.toExponential(1)
      }`,
    );
  }
});

gpuTest(
  "the range guard centres queries, and far outside the range falls back to the exact form",
  async (engine) => {
    const sizes = { samples: 2, heads: 2, queries: 61, keys: 37, depth: 16, shared: true };
    // A common shift of 95 would overflow every exponential; float32 keeps about 4e-6 of such arguments.
    const shifted = await check(engine, { ...sizes, reach: 3, shift: 95, tolerance: 5e-5 });
    assert.notDeepEqual(
      shifted,
      await check(engine, { ...sizes, reach: 3, shift: 95, tanh: "exact", tolerance: 5e-5 }),
    );
    for (const reach of engine.device.adapterClass === "software" ? [40, 100, 1000] : [100]) {
      const far = { ...sizes, reach };
      assert.deepEqual(await check(engine, far), await check(engine, { ...far, tanh: "exact" }));
    }
    // Keys far out with queries near: the keys alone are clamped.
    await check(engine, { ...sizes, reach: 25, masks: { keys: true } });
  },
);

deviceTest(
  "the materialised twin matches float64, whole and cut into slices that fit a binding",
  async () => {
    const sizes = { samples: 3, heads: 2, queries: 21, keys: 17, depth: 5, tanh: "naive" } as const;
    for (const maxBinding of [1 << 27, 2 * 4 * 21 * 17 * 5 + 256]) {
      const engine = await Engine.open(navigator.gpu, { poison: true, maxBinding });
      await check(engine, { ...sizes, shared: true });
      await check(engine, { ...sizes, masks: { keys: true } });
      await engine.device.idle();
      engine.dispose();
    }
  },
);

gpuTest("additiveAttention() projects queries and keys, a head at a time", async (engine) => {
  const random = new RandomValues(9);
  const [samples, heads, queries, keys, depth] = [2, 2, 7, 5, 4];
  const width = heads * depth;
  const table = (shape: number[]) => ({ shape, values: random.floats(shape[0] * (shape[1] ?? 1)) });
  const inputs = {
    q: table([queries, width]),
    k: table([samples * keys, width]),
    queryWeight: table([depth, depth]),
    keyWeight: table([depth, depth]),
    bias: table([depth]),
    vector: table([depth]),
    offset: table([1]),
  };
  const attributes = { samples, heads, sharedQueries: true };
  const dy = random.floats(samples * queries * width);
  const fused = await runOperation(
    engine,
    inputs,
    (step, t) => additiveAttention(step, { ...t, v: t.k }, attributes).values,
    [dy],
  );
  const naive = await runOperation(engine, inputs, (step, { q, k, queryWeight, keyWeight, ...score }) => {
    const projected = {
      q: headLinear(step, { x: q, weight: queryWeight }),
      k: headLinear(step, { x: k, weight: keyWeight }),
    };
    const weights = additiveWeightsMaterialised(step, { ...projected, ...score }, attributes);
    return attentionValues(step, { weights, v: k }, { ...attributes, queries, variant: "naive" });
  }, [dy]);
  const project = (x: ArrayLike<number>, weight: ArrayLike<number>) =>
    Float64Array.from({ length: x.length }, (_, i) => {
      const [first, to] = [i - i % depth, i % depth];
      let sum = 0;
      for (let c = 0; c < depth; c++) sum += x[first + c] * weight[c * depth + to];
      return sum;
    });
  const { q, k, queryWeight, keyWeight, bias, vector, offset } = inputs;
  const expected = referenceAdditive(
    {
      q: project(q.values, queryWeight.values),
      k: project(k.values, keyWeight.values),
      v: k.values,
      bias: bias.values,
      vector: vector.values,
      offset: offset.values,
    },
    { samples, heads, queries, keys, depth, shared: true },
    dy,
    new Float32Array(samples * heads * queries * keys),
  );
  assertClose(fused.outputs[0], expected.y, "values", { tolerance: 2e-6 });
  for (const [name, gradient] of Object.entries(naive.gradients)) {
    assertClose(fused.gradients[name], gradient, `gradient of ${name}`, { tolerance: 1e-5 });
  }
});

gpuTest("additive attention refuses what does not fit together, or a binding", (engine) => {
  const step = new Step(engine.device);
  const table = (...shape: number[]) => step.empty(shape, `table ${shape.join(" x ")}`);
  const scored = {
    q: table(6, 8),
    k: table(4, 8),
    bias: table(4),
    vector: table(4),
    offset: table(1),
  };
  const layout = { samples: 2, heads: 2 };
  assert.throws(() => additiveWeights(step, { ...scored, bias: table(3) }, layout), ShapeError);
  assert.throws(() => additiveWeights(step, { ...scored, k: table(4, 7) }, layout), ShapeError);
  assert.throws(() => additiveWeights(step, { ...scored, keyMask: table(3, 2) }, layout), /masks/);
  const many = { ...scored, q: table(40_000, 8), k: table(2 * 40_000, 8) };
  assert.throws(() => additiveWeights(step, many, { ...layout, sharedQueries: true }), GpuError);
  return Promise.resolve();
});

releaseEngines();
