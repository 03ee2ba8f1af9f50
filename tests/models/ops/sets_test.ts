import assert from "node:assert/strict";
import { Engine, type Step, type Tensor } from "../../../engine/mod.ts";
import { bitLinear, bitLists } from "../../../models/ops/bit_linear.ts";
import { broadcastAdd } from "../../../engine/ops/broadcast_add.ts";
import { concatSets } from "../../../models/ops/concat_sets.ts";
import { itemDot } from "../../../models/ops/item_dot.ts";
import { maskRows } from "../../../models/ops/mask_rows.ts";
import { maskedMean } from "../../../models/ops/masked_mean.ts";
import { placement, placeRows } from "../../../models/ops/place_rows.ts";
import { reshape } from "../../../engine/ops/reshape.ts";
import { splitLinear } from "../../../models/ops/split_linear.ts";
import { sumItems } from "../../../models/ops/sum_items.ts";
import { batchedMatmul } from "../../../engine/ops/batched_matmul.ts";
import { checkByDifferences, numbers } from "../../support/check_by_differences.ts";

const engine = await Engine.open(navigator.gpu, { poison: true });
globalThis.addEventListener("unload", () => engine.dispose());

type Build = (step: Step, t: Record<string, Tensor>) => Tensor;

/** Samples, items, width: ugly on purpose. */
const sizes = [[1, 1, 1], [2, 17, 5], [3, 31, 7], [2, 979, 3], [5, 65, 33]] as const;

function ones(samples: number, items: number): Float32Array<ArrayBuffer> {
  // Sample s has items up to a ragged length; the second sample has none.
  return Float32Array.from(
    { length: samples * items },
    (_, i) => (Math.floor(i / items) === 1 ? 0 : i % items < items - (Math.floor(i / items) % 3) ? 1 : 0),
  );
}

Deno.test("maskRows() and maskedMean() match float64, also for a sample without items", async () => {
  for (const [samples, items, width] of sizes) {
    const x = { shape: [samples, items, width], values: numbers(samples * items * width, 1), wants: true };
    const mask = { shape: [samples, items], values: ones(samples, items) };
    await checkByDifferences(engine, {
      name: `mask rows ${samples}x${items}x${width}`,
      inputs: { x, mask },
      build: ((step, { x, mask }) => maskRows(step, { x, mask })) as Build,
      reference: ({ x, mask }) => x.map((value, i) => value * mask[Math.floor(i / width)]),
      entries: 40,
    });
    await checkByDifferences(engine, {
      name: `masked mean ${samples}x${items}x${width}`,
      inputs: { x, mask },
      build: ((step, { x, mask }) => maskedMean(step, { x, mask })) as Build,
      reference: ({ x, mask }) =>
        Float64Array.from({ length: samples * width }, (_, k) => {
          const [s, c] = [Math.floor(k / width), k % width];
          let sum = 0, count = 0;
          for (let i = s * items; i < (s + 1) * items; i++) {
            if (mask[i] !== 0) sum += mask[i] * x[i * width + c];
            count += mask[i];
          }
          return sum / (count + 1e-5);
        }),
      entries: 40,
    });
  }
});

Deno.test("broadcastAdd() adds any subset of the three tables and sums their gradients", async () => {
  for (const [samples, items, width] of sizes) {
    for (const parts of [["sample"], ["item", "sample"], ["full", "item"], ["full", "item", "sample"]]) {
      for (const activation of ["none", "leakyRelu"] as const) {
        const rows: Record<string, number> = { full: samples * items, item: items, sample: samples };
        await checkByDifferences(engine, {
          name: `broadcast add ${parts} ${activation} ${samples}x${items}x${width}`,
          inputs: Object.fromEntries(parts.map((part, k) => [part, {
            shape: [rows[part], width],
            values: numbers(rows[part] * width, 10 + k),
            wants: true,
          }])),
          build: ((step, t) => broadcastAdd(step, t, { samples, items, activation, slope: 0.01 })) as Build,
          reference: (t) =>
            Float64Array.from({ length: samples * items * width }, (_, i) => {
              const [s, c] = [Math.floor(i / width / items), i % width];
              const sum = (t.full?.[i] ?? 0) + (t.item?.[i % (items * width)] ?? 0) +
                (t.sample?.[s * width + c] ?? 0);
              return activation === "none" || sum > 0 ? sum : 0.01 * sum;
            }),
          entries: 40,
        });
      }
    }
  }
});

Deno.test("splitLinear() equals the layer on the concatenation, with shared and with own items, in both orders", async () => {
  const out = 5, a = 7, b = 3;
  for (const [samples, items] of [[1, 1], [3, 31], [2, 977]]) {
    for (const shared of [true, false]) {
      for (const first of ["items", "samples"] as const) {
        const rows = shared ? items : samples * items;
        await checkByDifferences(engine, {
          name: `split linear ${samples}x${items} ${shared ? "shared" : "own"} ${first} first`,
          inputs: {
            items: { shape: [rows, a], values: numbers(rows * a, 1), wants: true },
            samples: { shape: [samples, b], values: numbers(samples * b, 2), wants: true },
            weight: { shape: [out, a + b], values: numbers(out * (a + b), 3), wants: true },
            bias: { shape: [out], values: numbers(out, 4), wants: true },
          },
          build: ((step, t) =>
            splitLinear(step, { items: t.items, samples: t.samples, weight: t.weight, bias: t.bias }, {
              samples,
              items,
              first,
              activation: "relu",
            })) as Build,
          reference: (t) =>
            Float64Array.from({ length: samples * items * out }, (_, k) => {
              const [row, o] = [Math.floor(k / out), k % out];
              const [s, i] = [Math.floor(row / items), shared ? row % items : row];
              const left = t.items.subarray(i * a, (i + 1) * a);
              const right = t.samples.subarray(s * b, (s + 1) * b);
              const x = first === "items" ? [...left, ...right] : [...right, ...left];
              return Math.max(
                0,
                x.reduce((sum, value, c) =>
                  sum + value * t.weight[o * (a + b) + c], t.bias[o]),
              );
            }),
          entries: 15,
        });
      }
    }
  }
});

Deno.test("concatSets() joins sets along the item axis and sums a shared token's gradient", async () => {
  for (const [samples, items, width] of sizes) {
    for (const [shared, extra] of [[true, 1], [false, 4]] as const) {
      const rows = shared ? extra : samples * extra;
      await checkByDifferences(engine, {
        name: `concat sets ${samples}x${items}x${width} ${shared ? "shared" : "own"}`,
        inputs: {
          a: { shape: [samples, items, width], values: numbers(samples * items * width, 1), wants: true },
          b: { shape: [rows, width], values: numbers(rows * width, 2), wants: true },
        },
        build: ((step, { a, b }) => concatSets(step, { a, b }, { samples, shared })) as Build,
        reference: ({ a, b }) =>
          Float64Array.from({ length: samples * (items + extra) * width }, (_, k) => {
            const [row, c] = [Math.floor(k / width), k % width];
            const [s, i] = [Math.floor(row / (items + extra)), row % (items + extra)];
            if (i < items) return a[(s * items + i) * width + c];
            return b[((shared ? 0 : s * extra) + i - items) * width + c];
          }),
        entries: 30,
      });
    }
  }
});

Deno.test("itemDot() gives each item its own inner product", async () => {
  for (const [samples, items, width] of sizes) {
    await checkByDifferences(engine, {
      name: `item dot ${samples}x${items}x${width}`,
      inputs: {
        x: { shape: [samples, items, width], values: numbers(samples * items * width, 1), wants: true },
        weight: { shape: [1, items, width], values: numbers(items * width, 2), wants: true },
        bias: { shape: [1, items], values: numbers(items, 3), wants: true },
      },
      build: ((step, { x, weight, bias }) => itemDot(step, { x, weight, bias })) as Build,
      reference: ({ x, weight, bias }) =>
        Float64Array.from({ length: samples * items }, (_, k) => {
          let sum = bias[k % items];
          for (let c = 0; c < width; c++) sum += x[k * width + c] * weight[(k % items) * width + c];
          return sum;
        }),
      entries: 30,
    });
  }
});

Deno.test("bitLinear() equals the dense layer on 0/1 rows, rows without bits and unused bits included", async () => {
  for (const [rows, bits, out] of [[1, 1, 1], [7, 33, 5], [34, 1024, 9]]) {
    const relu = rows === 7;
    const lists = Array.from(
      { length: rows },
      (_, r) => r === 2 ? [] : [...Array(bits).keys()].filter((bit) => (bit * 7 + r * 13) % 29 === 0),
    );
    const packed = bitLists(lists, bits, 7 + lists.flat().length);
    const index = (values: Uint32Array<ArrayBuffer>) => ({ shape: [values.length], values });
    await checkByDifferences(engine, {
      name: `bit linear ${rows}x${bits}x${out}`,
      inputs: {
        starts: index(packed.starts),
        setBits: index(packed.setBits),
        rowStarts: index(packed.rowStarts),
        setRows: index(packed.setRows),
        weight: { shape: [out, bits], values: numbers(out * bits, 1), wants: true },
        bias: { shape: [out], values: numbers(out, 2), wants: true },
      },
      build: ((step, t) =>
        bitLinear(step, {
          starts: t.starts,
          setBits: t.setBits,
          rowStarts: t.rowStarts,
          setRows: t.setRows,
          weight: t.weight,
          bias: t.bias,
        }, { relu })) as Build,
      reference: ({ weight, bias }) =>
        Float64Array.from(
          { length: rows * out },
          (_, k) =>
            Math.max(
              relu ? 0 : -Infinity,
              lists[Math.floor(k / out)].reduce(
                (sum, bit) => sum + weight[(k % out) * bits + bit],
                bias[k % out],
              ),
            ),
        ),
      entries: 60,
    });
  }
  assert.throws(() => bitLists([[3]], 3, 4), /bit 3 in row 0/);
  assert.throws(() => bitLists([[0, 1]], 3, 1), /room for 1/);
});

Deno.test("placeRows() pads sets whatever the order of rows, and sumItems() adds them up", async () => {
  const sampleOf = [1, 0, 3, 0, 1, 3, 3, 0, 1];
  const slotOf = [0, 0, 2, 2, 1, 0, 1, 1, 2];
  const [samples, items, rows, width] = [4, 3, 11, 5];
  const { sourceOf, placeOf, mask } = placement({ sampleOf, slotOf }, { samples, items, rows });
  assert.deepEqual([...mask], [1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
  const inputs = {
    x: { shape: [rows, width], values: numbers(rows * width, 1), wants: true },
    sourceOf: { shape: [samples, items], values: sourceOf },
    placeOf: { shape: [rows], values: placeOf },
  };
  const padded = (x: Float64Array) => {
    const y = new Float64Array(samples * items * width);
    sampleOf.forEach((sample, row) => {
      y.set(x.subarray(row * width, (row + 1) * width), (sample * items + slotOf[row]) * width);
    });
    return y;
  };
  await checkByDifferences(engine, {
    name: "place rows",
    inputs,
    build: ((step, { x, sourceOf, placeOf }) => placeRows(step, { x, sourceOf, placeOf })) as Build,
    reference: ({ x }) => padded(x),
  });
  await checkByDifferences(engine, {
    name: "sum of placed rows",
    inputs,
    build: ((step, { x, sourceOf, placeOf }) =>
      sumItems(step, { x: placeRows(step, { x, sourceOf, placeOf }) })) as Build,
    reference: ({ x }) => {
      const y = new Float64Array(samples * width);
      padded(x).forEach((value, k) =>
        y[Math.floor(k / width / items) * width + k % width] += value
      );
      return y;
    },
  });
  assert.throws(
    () => placement({ sampleOf: [0], slotOf: [3] }, { samples: 1, items: 3, rows: 1 }),
    /item 3 of/,
  );
});

Deno.test("reshape() hands gradients on under the shape that the operation before it expects", async () => {
  await checkByDifferences(engine, {
    name: "reshape",
    inputs: {
      a: { shape: [2, 3, 4], values: numbers(24, 1), wants: true },
      b: { shape: [2, 4, 5], values: numbers(40, 2), wants: true },
    },
    build: ((step, { a, b }) =>
      maskRows(step, {
        x: reshape(step, { x: batchedMatmul(step, { a, b }, {}) }, { shape: [6, 5] }),
        mask: engine.constant([6], new Float32Array(6).fill(2), "twos"),
      })) as Build,
    reference: ({ a, b }) =>
      Float64Array.from({ length: 30 }, (_, k) => {
        const [batch, i, j] = [Math.floor(k / 15), Math.floor(k / 5) % 3, k % 5];
        let sum = 0;
        for (let c = 0; c < 4; c++) sum += a[(batch * 3 + i) * 4 + c] * b[(batch * 4 + c) * 5 + j];
        return 2 * sum;
      }),
  });
});
