import { defineOperation, type Step, type Tensor } from "../../engine/mod.ts";
import { type Epilogue, recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";
import { matmulVariants } from "../../kernels/matmul/matmul.ts";
import type { KernelCase } from "../kernel_case.ts";
import { referenceMatmul } from "../reference/matmul.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

/** y = x W' with the variant forced, in all three products of a linear layer. */
const product = defineOperation<{ x: Tensor; weight: Tensor }, Pick<Epilogue, "variant">, void>({
  name: "matmul",
  forward(step, { x, weight }, choice) {
    const [m, k] = x.shape;
    const n = weight.shape[0];
    const y = step.empty([m, n], "y");
    recordMatmul(step, matrix(x, m, k), transposed(matrix(weight, n, k)), y, choice);
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x, weight }, attributes: choice, dy, gradient }) {
    const [m, k] = x.shape;
    const n = weight.shape[0];
    recordMatmul(step, matrix(dy, m, n), matrix(weight, n, k), gradient("x")!, choice);
    recordMatmul(step, transposed(matrix(dy, m, n)), matrix(x, m, k), gradient("weight")!, choice);
  },
});

/** The three products of a linear layer, over the ladder. */
export const matmulCase: KernelCase = {
  name: "matmul",
  summary: "linear layer, m rows, k in, n out: y = x W' | dx = dy W, dW = dy' x",
  sizes: { m: 128, n: 978, k: 978 },
  variants: ["chosen", ...matmulVariants, "half", "matrix_units", "matrix_units_emulated"],
  flops: ({ m, n, k }) => 6 * m * n * k,
  // The weight (and x in the gradient of the weight) keeps 11 bits of each value.
  tolerances: { half: 1e-3 },
  skip(variant, _sizes, features) {
    if (variant === "subgroups" && !features.has("subgroups")) {
      return "this adapter offers no subgroup operations; --backend dawn may";
    }
    if (variant === "matrix_units" && !features.has("chromium-experimental-subgroup-matrix")) {
      return "this adapter lists no matrix units; --backend dawn may show some";
    }
    return undefined;
  },
  async prepare(engine, variant, { m, n, k }, random) {
    const [xs, weights, upstream] = [random.floats(m * k), random.floats(n * k), random.floats(m * n)];
    const x = engine.constant([m, k], xs, "x", true);
    const weight = engine.constant([n, k], weights, "weight", true);
    const dy = engine.constant([m, n], upstream, "dy");
    const attributes = { variant: variant === "chosen" ? undefined : variant as Epilogue["variant"] };
    const { plan, result: kept } = await engine.record(`matmul ${variant}`, (step: Step) => {
      const y = product(step, { x, weight }, attributes);
      step.backward(y, dy);
      return [y, step.gradient(x)!, step.gradient(weight)!].map((tensor) => step.keep(tensor));
    });
    return {
      plan,
      inputs: boundInputs({ x, weight, upstream: dy }, { x: xs, weight: weights, upstream }),
      results: ["y", "x", "weight"].map((name, i) => keptResult(plan, name, kept[i])),
      expected: ({ x, weight, upstream }) => ({
        y: referenceMatmul({ m, n, k }, x, false, weight, true),
        x: referenceMatmul({ m, n: k, k: n }, upstream, false, weight, false),
        weight: referenceMatmul({ m: n, n: k, k: m }, upstream, true, x, false),
      }),
    };
  },
};
