import fc from "fast-check";
import { RandomValues } from "../../testing/random_values.ts";
import type { Engine, HostArray, Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { batchedMatmul } from "../../engine/ops/batched_matmul.ts";
import { blockGraph, csg2aBlock } from "../../models/ops/csg2a_block.ts";
import { csg2aBlockMaterialised } from "../../bench/naive/csg2a_block_materialised.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { matAttention } from "../../models/ops/mat_attention.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import type { BlockVariant } from "../../kernels/csg2a_block/csg2a_block.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";

/** Output of a step whose constants are given by name. */
async function outputOf(
  engine: Engine,
  inputs: Readonly<Record<string, readonly [readonly number[], HostArray]>>,
  build: (step: Step, tensors: Readonly<Record<string, Tensor>>) => Tensor,
): Promise<Float32Array> {
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, [shape, values]]) => [name, engine.constant(shape, values, name)]),
  );
  const { plan, result } = await engine.record("property", (step) => step.keep(build(step, tensors)));
  plan.replay(new Map(), engine.still);
  const values = new Float32Array(await plan.read(result));
  engine.workspace.dispose();
  return values;
}

const runs = { numRuns: 12 };
const seeds = fc.integer({ min: 1, max: 1 << 30 });

interface Block {
  readonly batch: number;
  readonly genes: number;
  readonly width: number;
  readonly profile: Float32Array<ArrayBuffer>;
  readonly condition: Float32Array<ArrayBuffer>;
  readonly wGex: Float32Array<ArrayBuffer>;
  readonly wComp: Float32Array<ArrayBuffer>;
  /** Neighbours of each gene, ascending. */
  readonly rows: readonly (readonly number[])[];
}

const blocks = fc.record({
  batch: fc.integer({ min: 1, max: 6 }),
  genes: fc.integer({ min: 1, max: 70 }),
  width: fc.integer({ min: 1, max: 20 }),
  density: fc.double({ min: 0, max: 0.3, noNaN: true }),
  seed: seeds,
}).map(({ batch, genes, width, density, seed }): Block => {
  const random = new RandomValues(seed);
  return {
    batch,
    genes,
    width,
    profile: random.floats(batch * genes),
    condition: random.floats(batch * genes),
    wGex: random.floats(genes * width),
    wComp: random.floats(genes * width),
    rows: Array.from(
      { length: genes },
      () => Array.from({ length: genes }, (_, k) => k).filter(() => random.next() < density),
    ),
  };
});

function runBlock(engine: Engine, block: Block, variant: BlockVariant, form: "closed" | "naive" = "closed") {
  const { batch, genes, width, rows } = block;
  const indptr = new Uint32Array(genes + 1);
  rows.forEach((row, i) => indptr[i + 1] = indptr[i] + row.length);
  const { graph, transposed } = blockGraph(
    indptr,
    Uint32Array.from(rows.flat()),
    form === "closed" ? variant : "matmul",
  );
  return outputOf(
    engine,
    {
      profile: [[batch, genes], block.profile],
      condition: [[batch, genes], block.condition],
      wGex: [[genes, width], block.wGex],
      wComp: [[genes, width], block.wComp],
      graph: [[graph.length], graph],
      graphTransposed: [[transposed.length], transposed],
    },
    (step, { profile, condition, wGex, wComp, graph, graphTransposed }) =>
      form === "closed"
        ? csg2aBlock(step, { profile, condition, wGex, wComp, graph, graphTransposed }, { variant })
        : csg2aBlockMaterialised(step, { profile, condition, wGex, wComp, graph }, {
          variant,
          products: "naive",
        }),
  );
}

/** Columns (or rows, for width > 1 columns a gene) of a table in another order. */
function permuted(values: Float32Array, order: readonly number[], before: number, width: number) {
  const moved = new Float32Array(values.length);
  for (let row = 0; row < before; row++) {
    order.forEach((from, to) => {
      for (let c = 0; c < width; c++) {
        moved[(row * order.length + to) * width + c] = values[(row * order.length + from) * width + c];
      }
    });
  }
  return moved;
}

for (const variant of ["matmul", "rowsum"] as const) {
  gpuTest(`closed form and materialised twin of ${variant} agree on any input`, async (engine) => {
    await fc.assert(
      fc.asyncProperty(blocks, async (block) => {
        const [closed, naive] = [
          await runBlock(engine, block, variant),
          await runBlock(engine, block, variant, "naive"),
        ];
        assertClose(closed, naive, "closed form", { tolerance: 1e-5, absolute: 1e-5 });
      }),
      runs,
    );
  }, ["software"]);

  gpuTest(`permuting the genes permutes the output of ${variant}`, async (engine) => {
    await fc.assert(
      fc.asyncProperty(blocks, seeds, async (block, seed) => {
        const { batch, genes, width } = block;
        const random = new RandomValues(seed);
        const order = Array.from({ length: genes }, (_, i) => i);
        for (let i = genes - 1; i > 0; i--) {
          const k = random.below(i + 1);
          [order[i], order[k]] = [order[k], order[i]];
        }
        const place = order.reduce<number[]>((places, from, to) => (places[from] = to, places), []);
        const moved: Block = {
          ...block,
          profile: permuted(block.profile, order, batch, 1),
          condition: permuted(block.condition, order, batch, 1),
          wGex: permuted(block.wGex, order, 1, width),
          wComp: permuted(block.wComp, order, 1, width),
          rows: order.map((from) => block.rows[from].map((k) => place[k]).sort((a, b) => a - b)),
        };
        const expected = permuted(await runBlock(engine, block, variant), order, batch, 1);
        assertClose(await runBlock(engine, moved, variant), expected, "permuted genes", {
          tolerance: 1e-5,
          absolute: 1e-5,
        });
      }),
      runs,
    );
  }, ["software"]);

  gpuTest(`without P, ${variant} is quadratic in its weights together`, async (engine) => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.double({ min: 0.1, max: 4, noNaN: true }), async (block, factor) => {
        const bare = { ...block, rows: block.rows.map(() => []) };
        const scaled = {
          ...bare,
          wGex: block.wGex.map((value) => factor * value),
          wComp: block.wComp.map((value) => factor * value),
        };
        const expected = (await runBlock(engine, bare, variant)).map((value) => factor * factor * value);
        assertClose(await runBlock(engine, scaled, variant), expected, "scaled weights", {
          tolerance: 1e-5,
          absolute: 1e-5,
        });
      }),
      runs,
    );
  }, ["software"]);
}

gpuTest("rowsum sees P only through its row sums", async (engine) => {
  await fc.assert(
    fc.asyncProperty(blocks.filter(({ genes }) => genes > 3), seeds, async (block, seed) => {
      const random = new RandomValues(seed);
      // The same number of neighbours a gene, at other places.
      const rows = block.rows.map((row) => {
        const shift = 1 + random.below(block.genes - 1);
        return row.map((k) => (k + shift) % block.genes).sort((a, b) => a - b);
      });
      const other = { ...block, rows };
      for (const form of ["closed", "naive"] as const) {
        assertClose(
          await runBlock(engine, other, "rowsum", form),
          await runBlock(engine, block, "rowsum", form),
          `${form} rowsum`,
          { tolerance: form === "closed" ? 0 : 1e-5, absolute: form === "closed" ? 0 : 1e-5 },
        );
      }
    }),
    runs,
  );
}, ["software"]);

gpuTest(
  "permuting the atoms of a molecule permutes its attention, and neighbours in a batch do not matter",
  async (engine) => {
    const molecules = fc.record({
      nodes: fc.integer({ min: 1, max: 15 }),
      before: fc.integer({ min: 0, max: 6 }),
      surplus: fc.integer({ min: 0, max: 9 }),
      heads: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 6 }),
      seed: seeds,
    });
    await fc.assert(
      fc.asyncProperty(molecules, async ({ nodes, before, surplus, heads, depth, seed }) => {
        const random = new RandomValues(seed);
        const width = heads * depth;
        const order = Array.from({ length: nodes }, (_, i) => i).sort(() => random.next() - 0.5);
        const [q, k, v] = [0, 1, 2].map(() => random.floats(nodes * width, 2));
        const constant = random.floats(nodes * nodes);
        const attend = async (
          tables: readonly Float32Array<ArrayBuffer>[],
          pairs: Float32Array<ArrayBuffer>,
          first: number,
          after: number,
        ) => {
          const rows = first + nodes + after;
          const tiles: number[] = [];
          const cover = (start: number, count: number, pair: number) => {
            for (let i = 0; i < count; i += 4) tiles.push(start + i, start, count | (count << 16), pair);
          };
          if (first > 0) cover(0, first, 0);
          cover(first, nodes, first * first);
          for (let i = first + nodes; i < rows; i += 4) tiles.push(i, Math.min(4, rows - i), 0, 0);
          const inside = (values: Float32Array, start: number, size: number) => {
            const all = random.floats(size);
            all.set(values, start);
            return all;
          };
          const y = await outputOf(
            engine,
            {
              ...Object.fromEntries(["q", "k", "v"].map((name, t) => [
                name,
                [[rows, width], inside(tables[t], first * width, rows * width)] as const,
              ])),
              constant: [
                [first * first + nodes * nodes],
                inside(pairs, first * first, first * first + nodes * nodes),
              ],
              tiles: [[tiles.length / 4, 4], Uint32Array.from(tiles)],
            },
            (step, { q, k, v, constant, tiles }) =>
              matAttention(step, { qkv: concatColumns(step, [q, k, v]), constant, tiles }, {
                heads,
                lambda: 0.33,
              }),
          );
          assertClose(y.subarray((first + nodes) * width), new Float32Array(after * width), "surplus rows", {
            tolerance: 0,
            absolute: 0,
          });
          return y.subarray(first * width, (first + nodes) * width);
        };
        const alone = await attend([q, k, v], constant, 0, 0);
        const among = await attend([q, k, v], constant, before, surplus);
        assertClose(among, alone, "beside others", { tolerance: 0, absolute: 0 });
        const pairs = Float32Array.from(
          { length: nodes * nodes },
          (_, i) => constant[order[Math.floor(i / nodes)] * nodes + order[i % nodes]],
        );
        const moved = await attend(
          [q, k, v].map((table) => permuted(table, order, 1, width)),
          pairs,
          0,
          0,
        );
        assertClose(moved, permuted(alone, order, 1, width), "permuted atoms", {
          tolerance: 1e-5,
          absolute: 1e-5,
        });
      }),
      runs,
    );
  },
  ["software"],
);

gpuTest("softmax does not see a shift, layer norm neither a shift nor a scale", async (engine) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 8, max: 90 }), // two values may nearly agree, and their difference is then rounding
      fc.double({ min: -20, max: 20, noNaN: true }),
      seeds,
      async (rows, width, shift, seed) => {
        const random = new RandomValues(seed);
        const values = random.floats(rows * width, 3);
        const shifted = values.map((value) => value + shift);
        const soft = (x: Float32Array<ArrayBuffer>) =>
          outputOf(engine, { x: [[rows, width], x] }, (step, { x }) => softmax(step, { x }, undefined));
        assertClose(await soft(shifted), await soft(values), "softmax", { tolerance: 2e-5 });
        const [scale, zero] = [new Float32Array(width).fill(1), new Float32Array(width)];
        const norm = (x: Float32Array<ArrayBuffer>) =>
          outputOf(
            engine,
            { x: [[rows, width], x], scale: [[width], scale], shift: [[width], zero] },
            (step, { x, scale, shift }) => layerNorm(step, { x, scale, shift }, { kind: "mat" }),
          );
        const larger = values.map((value) => 4 * value + shift);
        assertClose(await norm(larger), await norm(values), "layer norm", { tolerance: 1e-3 });
      },
    ),
    runs,
  );
});

gpuTest("products distribute over sums and change places under transposition", async (engine) => {
  const extent = fc.integer({ min: 1, max: 40 });
  const shape = fc.tuple(fc.integer({ min: 1, max: 3 }), extent, extent, extent);
  await fc.assert(
    fc.asyncProperty(shape, seeds, async ([batches, m, n, k], seed) => {
      const random = new RandomValues(seed);
      const inputs = {
        a: [[batches, m, k], random.floats(batches * m * k)],
        b: [[batches, k, n], random.floats(batches * k * n)],
        c: [[batches, k, n], random.floats(batches * k * n)],
      } as const;
      const left = await outputOf(
        engine,
        inputs,
        (step, { a, b, c }) => batchedMatmul(step, { a, b: add(step, { a: b, b: c }, undefined) }, {}),
      );
      const right = await outputOf(
        engine,
        inputs,
        (step, { a, b, c }) =>
          add(
            step,
            { a: batchedMatmul(step, { a, b }, {}), b: batchedMatmul(step, { a, b: c }, {}) },
            undefined,
          ),
      );
      assertClose(left, right, "a (b + c)", { tolerance: 1e-5, absolute: 1e-5 });
      // (b' a')' = a b
      const turned = await outputOf(
        engine,
        inputs,
        (step, { a, b }) => batchedMatmul(step, { a: b, b: a }, { transposeA: true, transposeB: true }),
      );
      const straight = await outputOf(engine, inputs, (step, { a, b }) => batchedMatmul(step, { a, b }, {}));
      const back = Float32Array.from(straight, (_, i) => {
        const [batch, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
        return turned[(batch * n + column) * m + row];
      });
      assertClose(back, straight, "(b' a')'", { tolerance: 1e-5, absolute: 1e-5 });
    }),
    runs,
  );
});

releaseEngines();
