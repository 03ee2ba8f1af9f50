import { RandomValues } from "../../testing/random_values.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { headMatrix, type MatrixView, transposed } from "../../engine/ops/matrix_view.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { lackingFor, productForms } from "../support/product_forms.ts";

/** Samples, heads, rows of either operand, channels of a head; whether the samples share the left operand. */
const sizes = [
  [1, 1, 1, 1, 1, false],
  [3, 2, 13, 9, 8, false],
  [2, 3, 11, 10, 5, true],
  [4, 1, 33, 17, 3, true],
] as const;

for (const variant of productForms) {
  gpuTest(
    `matmul "${variant}" takes heads as parts of a sample, shared operands and padded rows`,
    async (engine) => {
      const lacking = lackingFor(variant, engine);
      if (lacking) return console.log(`skipped: ${lacking}`);
      const random = new RandomValues(3);
      for (const [samples, heads, rows, others, depth, shared] of sizes) {
        const width = heads * depth;
        const stride = 4 * Math.ceil(others / 4) + 4;
        const left = random.floats((shared ? 1 : samples) * rows * width);
        // The right operand begins in the middle of a tensor, not on a whole quad.
        const offset = width === 8 ? 8 : 3;
        const right = random.floats(offset + samples * others * width);
        const a = engine.constant([left.length], left, "left");
        const b = engine.constant([right.length], right, "right");
        const batches = { outer: samples, inner: heads };
        const { plan, result } = await engine.record("batches", (step) => {
          const product = step.empty([heads, samples, rows, stride], "products");
          const back = step.empty([samples, rows, width], "back");
          const products: MatrixView = {
            tensor: product,
            rows,
            columns: others,
            rowStride: stride,
            columnStride: 1,
            batchStride: rows * stride,
            innerStride: samples * rows * stride,
          };
          const second = { ...headMatrix(b, others, heads, depth), start: offset };
          const first = headMatrix(a, rows, heads, depth, !shared);
          recordMatmul(step, first, transposed(second), products, { variant }, batches);
          recordMatmul(
            step,
            products,
            second,
            headMatrix(back, rows, heads, depth),
            { variant, alpha: 2 },
            batches,
          );
          return { product: step.keep(product), back: step.keep(back) };
        });
        plan.replay(new Map(), engine.still);
        const product = new Float32Array(await plan.read(result.product));
        const back = new Float32Array(await plan.read(result.back));
        const found: number[] = [], wanted: number[] = [];
        const wantedBack = new Float64Array(samples * rows * width);
        for (let z = 0; z < heads * samples * rows; z++) {
          const [head, sample, row] = [
            Math.floor(z / (samples * rows)),
            Math.floor(z / rows) % samples,
            z % rows,
          ];
          const from = ((shared ? 0 : sample) * rows + row) * width + head * depth;
          const to = (sample * rows + row) * width + head * depth;
          for (let other = 0; other < others; other++) {
            const at = offset + (sample * others + other) * width + head * depth;
            let sum = 0;
            for (let c = 0; c < depth; c++) sum += left[from + c] * right[at + c];
            for (let c = 0; c < depth; c++) wantedBack[to + c] += 2 * sum * right[at + c];
            found.push(product[z * stride + other]);
            wanted.push(sum);
          }
        }
        const name = `${samples} samples, ${heads} heads, ${rows} x ${others} x ${depth}`;
        assertClose(found, wanted, `${name}: left right'`, { tolerance: 2e-6 });
        assertClose(back, wantedBack, `${name}: (left right') right`, { tolerance: 2e-6 });
      }
    },
  );
}

releaseEngines();
