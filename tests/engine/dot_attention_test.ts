import assert from "node:assert/strict";
import { referenceDotAttention, type ReferenceSizes } from "../../bench/reference/attention.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { Engine, ShapeError, Step } from "../../engine/mod.ts";
import { attentionSizes } from "../../engine/ops/attention_sizes.ts";
import { attentionSlices } from "../../engine/ops/attention_weights.ts";
import { dotAttention, type DotAttentionForm } from "../../engine/ops/dot_attention.ts";
import { dotAttentionWithWeights } from "../../models/ops/dot_weights.ts";
import { meanAttention } from "../../models/ops/mean_attention.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { testEngine } from "../support/engine.ts";
import { longTests } from "../support/long_tests.ts";
import { deviceTest, gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { runOperation } from "../support/run_operation.ts";

/** Which tensors are one: all apart, keys = values, or everything; "shared" queries are one table for all samples. */
type Roles = "apart" | "keys are values" | "self" | "shared";

interface Case extends Omit<ReferenceSizes, "shared"> {
  readonly roles?: Roles;
  readonly normalisation?: "softmax" | "clipped" | "masked";
  readonly masks?: { keys?: boolean; queries?: boolean };
  readonly reach?: number;
  readonly form?: DotAttentionForm;
  readonly dropout?: number;
  /** Weights as a second output, with a gradient of their own. */
  readonly weighted?: boolean;
}

/** 1 for real: a ragged number of keys a sample, none in the first. */
function raggedMask(samples: number, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: samples * length }, (_, i) => {
    const sample = Math.floor(i / length);
    return i % length < Math.ceil((length * sample) / samples) ? 1 : 0;
  });
}

async function check(engine: Engine, test: Case): Promise<Float32Array> {
  const { samples, heads, queries, keys, depth, roles = "apart", masks = {}, form, weighted } = test;
  const { normalisation = "softmax", reach = 1.5, dropout = 0 } = test;
  const random = new RandomValues(7);
  const width = heads * depth;
  const shared = roles === "shared";
  const q = random.floats((shared ? 1 : samples) * queries * width, reach);
  const k = roles === "self" ? q : random.floats(samples * keys * width, reach);
  const v = roles === "self" ? q : roles === "keys are values" ? k : random.floats(samples * keys * width);
  const keyMask = masks.keys ? raggedMask(samples, keys) : undefined;
  const queryMask = masks.queries ? raggedMask(samples, queries) : undefined;
  const dy = random.floats(samples * queries * width);
  const extra = random.floats(weighted ? samples * heads * queries * keys : 0);
  const rows = (values: Float32Array<ArrayBuffer>) => ({ shape: [values.length / width, width], values });
  const mask = (values: Float32Array<ArrayBuffer> | undefined, length: number) => ({
    shape: [samples, length],
    values: values ?? new Float32Array(samples * length),
    constant: true,
  });
  const inputs = {
    q: rows(q),
    k: rows(k),
    v: rows(v),
    keyMask: mask(keyMask, keys),
    queryMask: mask(queryMask, queries),
  };
  const attributes = { samples, heads, sharedQueries: shared, normalisation, form };
  const state = { step: 3, seed: 11, learningRate: 0 };
  const result = await runOperation(
    engine,
    inputs,
    (step, t) => {
      const tensors = {
        q: t.q,
        k: roles === "self" ? t.q : t.k,
        v: roles === "self" ? t.q : roles === "keys are values" ? t.k : t.v,
        keyMask: keyMask && t.keyMask,
        queryMask: queryMask && t.queryMask,
      };
      if (weighted) {
        const { values, weights } = dotAttentionWithWeights(step, tensors, attributes);
        return [values, weights()];
      }
      return dotAttention(step, tensors, { ...attributes, dropout: { rate: dropout, site: 5 } });
    },
    weighted ? [dy, extra] : [dy],
    state,
  );
  const kept = dropout > 0 ? await dropoutFactors(test, state) : undefined;
  const expected = referenceDotAttention(
    { q, k, v },
    { samples, heads, queries, keys, depth, shared },
    1 / Math.sqrt(depth),
    dy,
    { normalisation, keyMask, queryMask, kept, ...(weighted ? { upstream: extra } : {}) },
  );
  const { dq, dk, dv } = expected;
  const sum = (...parts: Float64Array[]) =>
    parts[0].map((_, i) => parts.reduce((all, part) => all + part[i], 0));
  const gradients = roles === "self"
    ? { q: sum(dq, dk, dv) }
    : roles === "keys are values"
    ? { q: dq, k: sum(dk, dv) }
    : { q: dq, k: dk, v: dv };
  const name = JSON.stringify(test);
  const closeness = { tolerance: 1e-5, absolute: 1e-6 };
  assertClose(result.outputs[0], expected.y, `${name}: output`, closeness);
  if (weighted) assertClose(result.outputs[1], expected.weights, `${name}: weights`, closeness);
  for (const [key, gradient] of Object.entries(gradients)) {
    assertClose(result.gradients[key], gradient, `${name}: gradient of ${key}`, closeness);
  }
  return result.outputs[0];
}

/** The factors that a seed and step give: with equal keys and one-hot values the weights show themselves. */
async function dropoutFactors(
  { samples, heads, queries, keys, dropout = 0 }: Case,
  state: { step: number; seed: number; learningRate: number },
): Promise<Float32Array> {
  const width = heads * keys;
  const values = new Float32Array(samples * keys * width);
  for (let row = 0; row < samples * keys; row++) {
    for (let head = 0; head < heads; head++) values[row * width + head * keys + row % keys] = keys;
  }
  const zeros = new Float32Array(samples * Math.max(queries, keys) * width);
  const { outputs } = await runOperation(
    await testEngine("software"),
    {
      q: { shape: [samples * queries, width], values: zeros.subarray(0, samples * queries * width) },
      k: { shape: [samples * keys, width], values: zeros.subarray(0, samples * keys * width) },
      v: { shape: [samples * keys, width], values },
    },
    (step, t) =>
      dotAttention(step, t, { samples, heads, form: "stored", dropout: { rate: dropout, site: 5 } }),
    [new Float32Array(samples * queries * width)],
    state,
  );
  const kept = new Float32Array(heads * samples * queries * keys);
  for (let i = 0; i < outputs[0].length; i++) {
    const [row, head, key] = [Math.floor(i / width), Math.floor((i % width) / keys), i % keys];
    const [sample, query] = [Math.floor(row / queries), row % queries];
    kept[((head * samples + sample) * queries + query) * keys + key] = outputs[0][i];
  }
  return kept;
}

// The streaming kernels are the same for every class of adapters, and slow to compile.
const forms = { stored: ["software", "gpu"], streaming: ["gpu"] } as const;

for (const form of ["stored", "streaming"] as const) {
  const formTest = (name: string, run: (engine: Engine) => Promise<void>) => gpuTest(name, run, forms[form]);
  // Kernels for GPUs compile and run for minutes on SwiftShader: there the ragged ends alone, and each specialisation once.
  const quick = (engine: Engine) => form === "stored" && engine.device.adapterClass === "software";
  // A streaming pass takes SwiftShader five seconds to compile: one width of each kind, and masked weights with dropout only.
  const few = ({ device }: Engine) =>
    form === "streaming" && !longTests && /swiftshader/i.test(device.description);

  formTest(`dotAttention(), ${form}, matches float64 for awkward numbers of genes`, async (engine) => {
    for (const genes of [1, 31, 97]) {
      await check(engine, {
        samples: 3,
        heads: 2,
        queries: genes,
        keys: genes,
        depth: 8,
        roles: "self",
        form,
      });
    }
    for (const genes of quick(engine) ? [977, 978, 979] : [979]) {
      await check(engine, {
        samples: 1,
        heads: 1,
        queries: genes,
        keys: genes,
        depth: 8,
        roles: "self",
        form,
      });
    }
    await check(engine, {
      samples: 2,
      heads: 1,
      queries: quick(engine) ? 978 : 98,
      keys: 141,
      depth: 8,
      form,
    });
  });

  formTest(`dotAttention(), ${form}, matches float64 for heads of 3 to 128 channels`, async (engine) => {
    for (const depth of few(engine) ? [3, 8, 64] : [3, 8, 32, 64, 128]) {
      const sizes = { samples: 2, heads: 2, depth, form };
      await check(engine, { ...sizes, queries: 33, keys: 33, roles: "self" });
      if (!quick(engine) && depth !== 3 && depth !== 128) continue;
      await check(engine, { ...sizes, queries: 70, keys: 37, roles: "keys are values" });
      await check(engine, { ...sizes, queries: 5, keys: 66, roles: "keys are values" });
    }
    await check(engine, { samples: 2, heads: 2, queries: 5, keys: 66, depth: 8, roles: "shared", form });
  });

  formTest(
    `dotAttention(), ${form}, matches float64 with masks, clipped scores and empty samples`,
    async (engine) => {
      const sizes = { samples: 3, heads: 2, queries: 21, keys: 17, depth: 8, form };
      const clipped = { ...sizes, normalisation: "clipped", reach: 6 } as const;
      await check(engine, { ...clipped, masks: { keys: true, queries: true } });
      const dropout = few(engine) ? 0.3 : 0;
      const masked = { ...sizes, normalisation: "masked", masks: { keys: true }, dropout } as const;
      await check(engine, masked);
      await check(engine, { ...masked, keys: 1 });
      await check(engine, { ...masked, roles: "shared" });
      if (!quick(engine)) return;
      await check(engine, { ...clipped, masks: { keys: true } });
      await check(engine, { ...clipped, masks: { queries: true } });
      await check(engine, { ...clipped, masks: { keys: true, queries: true }, roles: "keys are values" });
      await check(engine, { ...clipped, queries: 17, masks: { keys: true }, roles: "self" });
    },
  );

  formTest(`dotAttention(), ${form}, redraws the same dropout in the backward pass`, async (engine) => {
    const sizes = { samples: 2, heads: 2, queries: 37, keys: 19, depth: 8, dropout: 0.3, form };
    await check(engine, { ...sizes, normalisation: "masked", masks: { keys: true } });
    if (!quick(engine)) return;
    await check(engine, sizes);
    await check(engine, { ...sizes, keys: 37, roles: "self" });
  });
}

gpuTest("dotAttention() with one output a thread matches float64", async (engine) => {
  const sizes = { samples: 2, heads: 2, queries: 13, keys: 13, depth: 5, form: "naive" } as const;
  await check(engine, sizes);
  await check(engine, { ...sizes, roles: "self" });
});

gpuTest("dotAttentionWithWeights() takes a gradient of its weights", async (engine) => {
  const sizes = { samples: 3, heads: 2, queries: 21, keys: 17, depth: 8, weighted: true };
  await check(engine, sizes);
  await check(engine, { ...sizes, roles: "shared" });
  await check(engine, { ...sizes, queries: 17, roles: "self" });
  await check(engine, { ...sizes, normalisation: "clipped", masks: { keys: true, queries: true }, reach: 6 });
});

gpuTest(
  "meanAttention() is the mean over samples and heads, and its gradient flows back",
  async (engine) => {
    for (const [samples, heads, genes, depth] of [[1, 1, 1, 3], [3, 2, 33, 8], [2, 2, 97, 32]]) {
      const random = new RandomValues(genes);
      const width = heads * depth;
      const x = random.floats(samples * genes * width, 1.5);
      const upstream = random.floats(genes * genes);
      const count = samples * heads;
      const extra = Float32Array.from(
        { length: count * genes * genes },
        (_, i) => upstream[i % upstream.length] / count,
      );
      const { outputs, gradients } = await runOperation(
        engine,
        { x: { shape: [samples * genes, width], values: x } },
        (step, { x }) => meanAttention(step, { q: x, k: x }, { samples, heads }),
        [upstream],
      );
      const none = new Float32Array(x.length);
      const sizes = { samples, heads, queries: genes, keys: genes, depth };
      const expected = referenceDotAttention({ q: x, k: x, v: none }, sizes, 1 / Math.sqrt(depth), none, {
        upstream: extra,
      });
      const mean = upstream.map((_, i) => {
        let sum = 0;
        for (let z = 0; z < count; z++) sum += expected.weights[z * upstream.length + i];
        return sum / count;
      });
      assertClose(outputs[0], mean, `mean attention of ${genes}`, { tolerance: 2e-6 });
      const dx = expected.dq.map((value, i) => value + expected.dk[i]);
      assertClose(gradients.x, dx, `its gradient`, { tolerance: 1e-5, absolute: 1e-7 });
    }
  },
);

gpuTest(
  "a batch whose weights exceed the slice limit is cut by samples, then by heads",
  (engine) => {
    const step = new Step(engine.device);
    const cut = (samples: number, heads: number, queries: number, bytes: number) => {
      const table = step.empty([samples * queries, heads * 4], "table");
      return attentionSlices(step, attentionSizes("test", { q: table, k: table }, { samples, heads }), bytes);
    };
    const matrix = 4 * 10 * 12;
    assert.deepEqual(cut(5, 2, 10, 4 * matrix).map(({ first, samples }) => [first, samples]), [
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    assert.deepEqual(
      cut(2, 3, 10, 2 * matrix).map(({ first, firstHead, heads }) => [first, firstHead, heads]),
      [[0, 0, 2], [0, 2, 1], [1, 0, 2], [1, 2, 1]],
    );
    return Promise.resolve();
  },
  ["software"],
);

deviceTest("weights too large to keep or to lie in one slice give the same result and gradient", async () => {
  const sizes = { samples: 5, heads: 2, queries: 40, keys: 33, depth: 3 } as const;
  const matrix = 4 * 40 * 40;
  for (const matrices of [1, 4]) { // one head of a sample a slice, and two samples
    const engine = await Engine.open(navigator.gpu, { poison: true, maxBinding: matrices * matrix + 256 });
    await check(engine, { ...sizes, form: "stored" });
    await check(engine, { ...sizes, roles: "shared", form: "stored" });
    await check(engine, { ...sizes, keys: 40, roles: "self", form: "stored" });
    await check(engine, { ...sizes, keys: 40, roles: "self", dropout: 0.2, form: "stored" });
    await engine.device.idle();
    engine.dispose();
  }
});

gpuTest("dotAttention() refuses what does not fit together", (engine) => {
  const step = new Step(engine.device);
  const table = (rows: number, width: number) => step.empty([rows, width], `table of ${rows}`);
  const [q, k] = [table(6, 8), table(4, 8)];
  const mask = step.empty([2, 2], "mask");
  const layout = { samples: 2, heads: 2 };
  assert.throws(() => dotAttention(step, { q, k, v: table(6, 8) }, layout), ShapeError);
  assert.throws(() => dotAttention(step, { q, k, v: k }, { samples: 3, heads: 2 }), ShapeError);
  assert.throws(() => dotAttention(step, { q, k, v: k }, { samples: 2, heads: 3 }), ShapeError);
  assert.throws(() => dotAttention(step, { q, k, v: k, keyMask: table(3, 2) }, layout), /masks/);
  const softmax = { ...layout, normalisation: "softmax" } as const;
  assert.throws(() => dotAttention(step, { q, k, v: k, keyMask: mask }, softmax), /knows nothing of mask/);
  const wide = table(6, 129);
  const form = { samples: 2, heads: 1, form: "streaming" } as const;
  assert.throws(() => dotAttention(step, { q: wide, k: wide, v: wide }, form), /up to 128/);
  return Promise.resolve();
});

releaseEngines();
