import assert from "node:assert/strict";
import type { ModelCase } from "../../bench/models/model_case.ts";
import { runModelCase } from "../../bench/models/run_model_case.ts";
import { additiveWeights } from "../../models/ops/additive_weights.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { deviceTest } from "../support/gpu_test.ts";

/** Scores of queries that every step uploads, in kernels of which one of each pair returns at once. */
const scores: ModelCase = {
  name: "scores",
  summary: "additive scores of uploaded queries",
  async prepare(engine) {
    const [queries, keys, depth] = [7, 5, 3];
    const random = new RandomValues(5);
    const constant = (shape: number[], label: string) =>
      engine.constant(shape, random.floats(shape.reduce((a, b) => a * b)), label, true);
    const { plan, result: q } = await engine.record("scores", (step) => {
      const q = step.input([queries, depth], "queries", "f32", true);
      const tensors = {
        q,
        k: constant([keys, depth], "keys"),
        bias: constant([depth], "bias"),
        vector: constant([depth], "vector"),
        offset: constant([1], "offset"),
      };
      const weights = additiveWeights(step, tensors, { samples: 1, heads: 1, sharedQueries: true });
      step.backward(weights, constant([...weights.shape], "upstream"));
      return q;
    });
    const inputs = new Map([[q, random.floats(q.size)]]);
    return {
      sizes: { queries, keys, depth },
      batch: queries,
      parameters: 0,
      train: () => Promise.resolve(plan.replay(inputs, engine.still)),
      profile: () => plan.profile(inputs, engine.still),
      dispose: () => plan.dispose(),
    };
  },
};

deviceTest("a model that uploads inputs is measured, and its idle kernels count for nothing", async () => {
  const [row] = await runModelCase(navigator.gpu, scores, { scale: "reduced", steps: 1, budgetMs: 1 });
  assert.equal(row.pass, "training");
  assert.equal(row.samples_ms.length, 1);
  if (row.ms_kernels === null) return;
  const idle = row.kernels.filter(({ gflops }) => gflops === 0).map(({ kernel }) => kernel);
  assert.ok(idle.some((kernel) => kernel.endsWith("_exact")), idle.join());
  assert.ok(row.kernels.some(({ kernel, gflops }) => kernel.includes("additive") && gflops > 0));
});
