import type { Engine } from "../../../engine/mod.ts";
import { setNorm } from "../../../models/ops/set_norm.ts";
import { checkOperation, type Values } from "../../../testing/check_operation.ts";
import { noise } from "../../support/closeness.ts";
import { gpuTest, releaseEngines } from "../../support/gpu_test.ts";

type Case = {
  samples: number;
  elements: number;
  width: number;
  kind: "variance" | "deviation";
  mask?: boolean;
};

/** badger.md 2.4 in float64. */
function normalise(
  { x, scale, mask }: Values,
  { samples, elements, width, kind }: Case,
  visit: (at: { i: number; sample: number; z: number; r: number; m: number; count: number }) => void,
) {
  for (let sample = 0; sample < samples; sample++) {
    let count = 0, mean = 0, variance = 0;
    const from = sample * elements * width;
    const m = (i: number) => mask?.[Math.floor(i / width)] ?? 1;
    for (let i = from; i < from + elements * width; i++) [count, mean] = [count + m(i), mean + m(i) * x[i]];
    mean /= count || 1;
    for (let i = from; i < from + elements * width; i++) variance += m(i) * (x[i] - mean) ** 2;
    variance /= count || 1;
    const r = count === 0 ? 0 : kind === "variance" ? 1 / (variance + 1e-5) : 1 / Math.sqrt(variance + 1e-5);
    for (let i = from; i < from + elements * width; i++) {
      visit({ i, sample, z: x[i] - mean, r, m: m(i), count: count || 1 });
    }
  }
  return scale;
}

function reference(sizes: Case) {
  const { width, kind } = sizes;
  return {
    forward(inputs: Values) {
      const y = new Float64Array(inputs.x.length);
      normalise(inputs, sizes, ({ i, z, r }) => {
        y[i] = inputs.scale[i % width] * z * r + inputs.shift[i % width];
      });
      return y;
    },
    backward(inputs: Values, dy: ArrayLike<number>) {
      const dx = new Float64Array(inputs.x.length);
      const dscale = new Float64Array(width), dshift = new Float64Array(width);
      const plain = new Float64Array(sizes.samples), moment = new Float64Array(sizes.samples);
      normalise(inputs, sizes, ({ i, sample, z, r }) => {
        dscale[i % width] += dy[i] * z * r;
        dshift[i % width] += dy[i];
        plain[sample] += inputs.scale[i % width] * dy[i];
        moment[sample] += inputs.scale[i % width] * dy[i] * z;
      });
      normalise(inputs, sizes, ({ i, sample, z, r, m, count }) => {
        const slope = kind === "variance" ? 2 * r * r : r ** 3;
        dx[i] = r * inputs.scale[i % width] * dy[i] -
          m / count * (r * plain[sample] + slope * z * moment[sample]);
      });
      return { x: dx, scale: dscale, shift: dshift };
    },
  };
}

async function check(engine: Engine, sizes: Case, change = (value: number) => value, tolerance = 5e-6) {
  const { samples, elements, width, kind } = sizes;
  // The second sample has no member, the others a ragged number.
  const mask = Float32Array.from({ length: samples * elements }, (_, i) => {
    const sample = Math.floor(i / elements);
    return sample === 1 ? 0 : i % elements <= (elements * (sample + 1)) / (samples + 1) ? 1 : 0;
  });
  await checkOperation(engine, {
    name: `set norm ${JSON.stringify(sizes)}`,
    inputs: {
      x: { shape: [samples * elements, width], values: noise(samples * elements * width, 3).map(change) },
      scale: { shape: [width], values: noise(width, 4).map((value) => 1 + 0.2 * value) },
      shift: { shape: [width] },
      mask: { shape: [samples, elements], values: mask, gradient: false },
    },
    build: (step, { x, scale, shift, mask }) =>
      setNorm(step, { x, scale, shift, mask: sizes.mask ? mask : undefined }, { samples, kind }),
    reference: {
      forward: ({ mask, ...rest }) => reference(sizes).forward(sizes.mask ? { ...rest, mask } : rest),
      backward: ({ mask, ...rest }, dy) =>
        reference(sizes).backward(sizes.mask ? { ...rest, mask } : rest, dy),
    },
    tolerance,
  });
}

for (const kind of ["variance", "deviation"] as const) {
  gpuTest(`setNorm() by ${kind} matches float64 at odd sizes, plain and masked`, async (engine) => {
    for (
      const [samples, elements, width] of [[1, 1, 3], [3, 5, 8], [2, 17, 7], [3, 140, 128], [2, 979, 12]]
    ) {
      await check(engine, { samples, elements, width, kind });
      await check(engine, { samples, elements, width, kind, mask: true });
    }
  });

  gpuTest(
    `setNorm() by ${kind} keeps its digits with a large mean and with a tiny variance`,
    async (engine) => {
      await check(engine, { samples: 2, elements: 31, width: 16, kind }, (value) => 100 + value, 3e-5); // a mean near 100 has steps of 8e-6
      await check(
        engine,
        { samples: 2, elements: 31, width: 16, kind, mask: true },
        (value) => 0.003 * value,
      );
    },
  );
}

releaseEngines();
