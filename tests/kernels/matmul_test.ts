import assert from "node:assert/strict";
import { RandomValues } from "../../testing/random_values.ts";
import { referenceMatmul } from "../../bench/reference/matmul.ts";
import { Engine, ShapeError, type Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { linear } from "../../engine/ops/linear.ts";
import { type Epilogue, recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, type MatrixView, transposed } from "../../engine/ops/matrix_view.ts";
import { chooseMatmul, matmulSum, planTiles, tiledMatmulKernel } from "../../kernels/matmul/matmul.ts";
import { specialise } from "../../kernels/descriptor.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { checkOperation } from "../../testing/check_operation.ts";
import { deviceTest, gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { lackingFor, productForms } from "../support/product_forms.ts";
import { linearReference } from "../../bench/reference/linear.ts";

/** A product with everything that may follow it, in float64. */
function expectedProduct(
  size: { m: number; n: number; k: number },
  [a, transposeA]: readonly [ArrayLike<number>, boolean],
  [b, transposeB]: readonly [ArrayLike<number>, boolean],
  { alpha = 1, activation = "none", slope = 0 }: Epilogue,
  extra: { bias?: ArrayLike<number>; residual?: ArrayLike<number>; before?: ArrayLike<number> },
): Float64Array {
  return referenceMatmul(size, a, transposeA, b, transposeB).map((product, i) => {
    let value = alpha * product + (extra.before?.[i] ?? 0) + (extra.bias?.[i % size.n] ?? 0);
    if (value < 0) value *= activation === "relu" ? 0 : activation === "leakyRelu" ? slope : 1;
    return value + (extra.residual?.[i] ?? 0);
  });
}

function view(tensor: Tensor, rows: number, columns: number, transpose: boolean): MatrixView {
  return transpose ? transposed(matrix(tensor, columns, rows)) : matrix(tensor, rows, columns);
}

for (const variant of productForms) {
  gpuTest(`matmul "${variant}" matches float64 for all strides, edges and epilogues`, async (engine) => {
    const lacking = lackingFor(variant, engine);
    if (lacking) return console.log(`skipped: ${lacking}`);
    const sizes = [
      { m: 1, n: 1, k: 1 },
      { m: 7, n: 33, k: 5 },
      { m: 9, n: 8, k: 12 },
      { m: 65, n: 67, k: 18 },
      { m: 3, n: 979, k: 7 },
      { m: 97, n: 2, k: 130 },
    ];
    const epilogues: (Omit<Epilogue, "bias" | "residual"> & { bias?: boolean; residual?: boolean })[] = [
      {},
      { alpha: -0.5, bias: true, activation: "leakyRelu", slope: 0.2 },
      { accumulate: true, bias: true },
      { bias: true, activation: "relu", residual: true },
    ];
    const random = new RandomValues(7);
    for (const [s, size] of sizes.entries()) {
      const { m, n, k } = size;
      for (const [t, [ta, tb]] of [[false, false], [false, true], [true, false], [true, true]].entries()) {
        const { bias: withBias, residual: withResidual, ...rest } = epilogues[(s + t) % epilogues.length];
        const host = {
          a: random.floats(m * k),
          b: random.floats(k * n),
          bias: random.floats(n),
          residual: random.floats(m * n),
          before: random.floats(m * n),
        };
        const a = engine.constant([m * k], host.a, "a");
        const b = engine.constant([k * n], host.b, "b");
        const out = engine.constant([m * n], host.before, "c");
        const bias = withBias ? engine.constant([n], host.bias, "bias") : undefined;
        const residual = withResidual ? engine.constant([m * n], host.residual, "residual") : undefined;
        const { plan } = await engine.record("product", (step) => {
          recordMatmul(step, view(a, m, k, ta), view(b, k, n, tb), out, { ...rest, bias, residual, variant });
        });
        plan.replay(new Map(), engine.still);
        const expected = expectedProduct(size, [host.a, ta], [host.b, tb], rest, {
          bias: withBias ? host.bias : undefined,
          residual: withResidual ? host.residual : undefined,
          before: rest.accumulate ? host.before : undefined,
        });
        const what = `${m} x ${n} x ${k}, transposed ${ta} ${tb}, ${JSON.stringify(rest)}`;
        assertClose(new Float32Array(await plan.read(out)), expected, what, { tolerance: 2e-6 });
      }
    }
  }, ["software"]);
}

gpuTest("strides that are no transpose work too: every second row and every third column", async (engine) => {
  const random = new RandomValues(8);
  const [m, n, k] = [17, 19, 11];
  const [wide, tall] = [random.floats(2 * m * 3 * k), random.floats(k * n)];
  const a = engine.constant([wide.length], wide, "a");
  const b = engine.constant([k * n], tall, "b");
  const sparse: MatrixView = { tensor: a, rows: m, columns: k, rowStride: 2 * 3 * k, columnStride: 3 };
  const { plan, result } = await engine.record("strided", (step) => {
    const c = step.empty([m, n], "c");
    recordMatmul(step, sparse, matrix(b, k, n), c);
    return step.keep(c);
  });
  plan.replay(new Map(), engine.still);
  const dense = Float32Array.from(
    { length: m * k },
    (_, i) => wide[Math.floor(i / k) * 6 * k + (i % k) * 3],
  );
  const expected = referenceMatmul({ m, n, k }, dense, false, tall, false);
  assertClose(new Float32Array(await plan.read(result)), expected, "strided", { tolerance: 2e-6 });
});

deviceTest(
  "products larger than a binding are split, in every direction and with every epilogue",
  async () => {
    // 4,096 bytes a binding: 1,024 floats, where weights below have 33 x 97 = 3,201.
    const engine = await Engine.open(navigator.gpu, { poison: true, maxBinding: 4096 });
    try {
      for (
        const epilogue of [
          {},
          { bias: true },
          { bias: true, activation: "leakyRelu", slope: 0.1 },
          { bias: true, residual: true },
        ] as const
      ) {
        const [rows, width, out] = [5, 97, 33];
        const { bias, residual, activation, slope }: Parameters<typeof linearReference>[0] = {
          rows,
          width,
          out,
          ...epilogue,
        };
        // Forward cuts columns of W', the data gradient cuts K, the weight gradient cuts rows of the product.
        await checkOperation(engine, {
          name: `split linear ${JSON.stringify(epilogue)}`,
          inputs: {
            x: { shape: [rows, width] },
            weight: { shape: [out, width] },
            ...(bias && { bias: { shape: [out] } }),
            ...(residual && { residual: { shape: [rows, out] } }),
          },
          build: (step, { x, weight, bias, residual }) =>
            linear(step, { x, weight, bias, residual }, { activation, slope }),
          reference: linearReference({ rows, width, out, ...epilogue }),
          tolerance: 4e-6,
        });
      }
      // Many rows: the left factor and the product are cut instead.
      await checkOperation(engine, {
        name: "split rows",
        inputs: { x: { shape: [120, 11] }, weight: { shape: [7, 11] }, residual: { shape: [120, 7] } },
        build: (step, { x, weight, residual }) => linear(step, { x, weight, residual }, {}),
        reference: linearReference({ rows: 120, width: 11, out: 7, residual: true }),
        tolerance: 4e-6,
      });
      await checkOperation(engine, {
        name: "split product",
        inputs: {
          x: { shape: [33, 3] },
          weight: { shape: [97, 3] },
          residual: { shape: [33, 97], gradient: false },
        },
        build: (step, { x, weight, residual }) => linear(step, { x, weight, residual }, {}),
        reference: linearReference({ rows: 33, width: 3, out: 97, residual: true }),
        tolerance: 4e-6,
      });
    } finally {
      engine.dispose();
    }
  },
);

gpuTest("a product refuses factors that do not fit", async (engine) => {
  const [a, b] = [[2, 3], [4, 5]].map((shape, k) =>
    engine.constant(shape, new Float32Array(shape[0] * shape[1]), "ab"[k])
  );
  await assert.rejects(
    () =>
      engine.record(
        "refused",
        (step) => recordMatmul(step, matrix(a, 2, 3), matrix(b, 4, 5), step.empty([2, 5], "c")),
      ),
    (error) =>
      error instanceof ShapeError && /a \[2, 3\] gives 3 columns, b \[4, 5\] gives 4/.test(error.message),
  );
  await assert.rejects(
    () =>
      engine.record(
        "refused",
        (step) => recordMatmul(step, matrix(a, 2, 3), matrix(b, 3, 5), step.empty([2, 4], "c")),
      ),
    (error) => error instanceof ShapeError && /c \[2, 4\] cannot hold/.test(error.message),
  );
}, ["software"]);

gpuTest(
  "tiles of every shape, for every transpose, in one part and in several, with the sums of A beside",
  async (engine) => {
    const random = new RandomValues(12);
    const [m, n, k] = [69, 101, 83];
    const host = { a: random.floats(m * k), b: random.floats(k * n) };
    const a = engine.constant([m * k], host.a, "a");
    const b = engine.constant([k * n], host.b, "b");
    const started = new Float32Array(m).fill(3);
    for (const rows of [1, 2] as const) {
      for (const columns of [1, 2] as const) {
        for (const [ta, tb] of [[false, false], [false, true], [true, false], [true, true]]) {
          for (const parts of [1, 3]) {
            // Few specialisations: a driver compiles long for each.
            const add = parts === 3 || (rows === 2 && columns === 2 && ta && tb);
            const sums = engine.constant([m], started, "sums of rows");
            const common = {
              ...{ m, n, batches: 1, inner: 1, bias_start: 0, slope: 0, alpha: 1, c_start: 0 },
              ...{ a_start: 0, a_batch: 0, a_inner: 0, a_row: ta ? 1 : k, a_column: ta ? m : 1 },
              ...{ b_start: 0, b_batch: 0, b_inner: 0, b_row: tb ? 1 : n, b_column: tb ? k : 1 },
            };
            const per = parts === 1 ? k : 32;
            const width = parts === 1 ? n : n + 1;
            const kernel = tiledMatmulKernel({ rows, columns }, true);
            const end: Record<string, number> = add ? { ADD_ROW_SUMS: 1 } : {};
            const { plan, result } = await engine.record("tiles", (step) => {
              const [c, partial] = [step.empty([m, n], "c"), step.empty([parts, m, width], "parts")];
              const unread = { bias: a, residual: a };
              const of = { ...common, c_batch: 0, c_inner: 0, c_row: width, c_part: m * width };
              if (parts === 1) {
                step.run(specialise(kernel, end), { a, b, ...unread, c, row_sums: sums }, {
                  ...of,
                  k,
                  per,
                  parts,
                });
                return step.keep(c);
              }
              const placeholder = step.empty([64], "not written");
              const first = { a, b, ...unread, c: partial, row_sums: placeholder };
              step.run(kernel, first, { ...of, k, per, parts });
              const last = {
                ...common,
                c_batch: 0,
                c_inner: 0,
                c_row: n,
                c_part: 0,
                k: parts,
                per: parts,
                parts: 1,
              };
              step.run(specialise(matmulSum(true), end), { partial, ...unread, c, row_sums: sums }, last);
              return step.keep(c);
            });
            plan.replay(new Map(), engine.still);
            const what = `${rows} x ${columns} halves, transposed ${ta} ${tb}, ${parts} parts`;
            const expected = referenceMatmul({ m, n, k }, host.a, ta, host.b, tb);
            assertClose(new Float32Array(await plan.read(result)), expected, what, { tolerance: 2e-6 });
            const ones = new Float32Array(k).fill(1);
            const rowSums = referenceMatmul({ m, n: 1, k }, host.a, ta, ones, false)
              .map((sum) => sum + (add ? 3 : 0));
            assertClose(new Float32Array(await plan.read(sums)), rowSums, `sums, ${what}`, {
              tolerance: 2e-6,
            });
          }
        }
      }
    }
  },
  ["software"],
);

gpuTest("a bias's gradient comes with a long weight gradient, and adds to another user's", async (engine) => {
  const [rows, width, out] = [2_113, 5, 67];
  const plain = linearReference({ rows, width, out, bias: true });
  await checkOperation(engine, {
    name: "two linear layers of one weight",
    inputs: { x: { shape: [rows, width] }, weight: { shape: [out, width] }, bias: { shape: [out] } },
    build: (step, { x, weight, bias }) => {
      const [once, twice] = [0, 1].map(() => linear(step, { x, weight, bias }, {}));
      return add(step, { a: once, b: twice });
    },
    reference: {
      forward: (given) => plain.forward(given).map((value) => 2 * value),
      backward: (given, dy) => plain.backward(given, Float64Array.from(dy, (value) => 2 * value)),
    },
    tolerance: 4e-6,
  });
});

Deno.test("tiles are large where they are many or their sum is long, and small where they would leave a GPU idle", () => {
  const tiles = (m: number, n: number, k: number) => planTiles({ m, n, k, batches: 1 });
  assert.deepEqual(tiles(896, 1024, 1024), { shape: { rows: 2, columns: 2 }, terms: 1024 });
  // BADGER's weight gradients: four tiles, whose sum of 31,296 terms makes 64 times as many.
  assert.deepEqual(tiles(128, 128, 31_296), { shape: { rows: 2, columns: 2 }, terms: 514 });
  assert.deepEqual(tiles(128, 128, 128).shape, { rows: 1, columns: 1 });
  assert.deepEqual(tiles(31_296, 3, 128).shape, { rows: 2, columns: 1 });
});

Deno.test("a software driver never decides what a GPU runs", () => {
  const sizes = { m: 128, n: 978, k: 978, batches: 1 };
  assert.equal(chooseMatmul("gpu", sizes, 0), "tiled");
  assert.equal(chooseMatmul("software", sizes, 0), "quads8");
  assert.equal(chooseMatmul("software", sizes, undefined), "register8");
  assert.equal(chooseMatmul("software", { ...sizes, m: 1 }, 978), "naive");
});

releaseEngines();
