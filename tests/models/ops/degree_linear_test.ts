import assert from "node:assert/strict";
import fc from "fast-check";
import { Engine, type Step, type Tensor } from "../../../engine/mod.ts";
import { batchNorm } from "../../../engine/ops/batch_norm.ts";
import { degreeLinear } from "../../../models/ops/degree_linear.ts";
import { degreeLinearNaive } from "../../../bench/naive/degree_linear_naive.ts";
import { checkByDifferences, numbers } from "../../support/check_by_differences.ts";

const engine = await Engine.open(navigator.gpu, { poison: true });
globalThis.addEventListener("unload", () => engine.dispose());

type Build = (step: Step, t: Record<string, Tensor>) => Tensor;

/** A graph with atoms of every degree from 0 to `most`, and rows of padding after the atoms. */
function graph(atoms: number, most: number, padding: number) {
  const lists: [neighbour: number, bond: number][][] = Array.from({ length: atoms }, () => []);
  const bondAtoms: number[] = [];
  for (let a = 0; a < atoms; a++) {
    for (let b = a + 1; b < atoms && lists[a].length < a % (most + 1); b++) {
      if (lists[b].length >= b % (most + 1)) continue;
      lists[a].push([b, bondAtoms.length / 2]);
      lists[b].push([a, bondAtoms.length / 2]);
      bondAtoms.push(a, b);
    }
  }
  const starts = new Uint32Array(atoms + padding + 1);
  for (let a = 0; a < atoms + padding; a++) starts[a + 1] = starts[a] + (lists[a]?.length ?? 0);
  const entries = lists.flat();
  return {
    lists,
    bonds: bondAtoms.length / 2,
    bondAtoms: Uint32Array.from(bondAtoms),
    starts,
    neighbours: Uint32Array.from(entries, ([atom]) => atom),
    neighbourBonds: Uint32Array.from(entries, ([, bond]) => bond),
  };
}

for (const [atoms, most, width, bondWidth, out] of [[1, 0, 1, 1, 1], [31, 6, 7, 4, 6], [150, 5, 5, 6, 16]]) {
  Deno.test(`degreeLinear() and its naive twin match float64 for ${atoms} atoms of degrees up to ${most}, ${out} outputs`, async () => {
    const { lists, bonds, bondAtoms, starts, neighbours, neighbourBonds } = graph(atoms, most, 3);
    if (most > 0) {
      assert.equal(new Set(lists.map(({ length }) => length)).size, most + 1, "every degree occurs");
    }
    const row = width + bondWidth, rows = atoms + 3, bondRows = Math.max(1, bonds);
    const index = (values: Uint32Array<ArrayBuffer>) => {
      const padded = new Uint32Array(Math.max(1, values.length));
      padded.set(values);
      return { shape: [padded.length], values: padded };
    };
    const table = (shape: readonly number[], seed: number) => ({
      shape,
      values: numbers(shape.reduce((product, extent) => product * extent, 1), seed),
      wants: true,
    });
    const degrees = Array.from({ length: 6 }, (_, k) => [`degree${k}`, table([out, row], 10 + k)] as const);
    for (const convolve of [degreeLinear, degreeLinearNaive]) {
      await checkByDifferences(engine, {
        name: `degree linear ${convolve === degreeLinear ? "" : "naive"} ${atoms}`,
        inputs: {
          x: table([rows, width], 1),
          bonds: table([bondRows, bondWidth], 2),
          starts: index(starts),
          neighbours: index(neighbours),
          neighbourBonds: index(neighbourBonds),
          bondAtoms: { shape: [bondRows, 2], values: bonds > 0 ? bondAtoms : Uint32Array.of(99, 99) },
          selfWeight: table([out, width], 3),
          bias: table([1, out], 4),
          ...Object.fromEntries(degrees),
        },
        build: ((step, t) =>
          convolve(step, {
            x: t.x,
            bonds: t.bonds,
            starts: t.starts,
            neighbours: t.neighbours,
            neighbourBonds: t.neighbourBonds,
            bondAtoms: t.bondAtoms,
            selfWeight: t.selfWeight,
            bias: t.bias,
            degree0: t.degree0,
            degree1: t.degree1,
            degree2: t.degree2,
            degree3: t.degree3,
            degree4: t.degree4,
            degree5: t.degree5,
          })) as Build,
        reference: (t) =>
          Float64Array.from({ length: rows * out }, (_, i) => {
            const [atom, o] = [Math.floor(i / out), i % out];
            const own = lists[atom] ?? [];
            let sum = t.bias[o];
            for (let c = 0; c < width; c++) sum += t.x[atom * width + c] * t.selfWeight[o * width + c];
            const weight = t[`degree${Math.min(5, own.length)}`];
            for (const [neighbour, bond] of own) {
              for (let c = 0; c < width; c++) sum += t.x[neighbour * width + c] * weight[o * row + c];
              for (let c = 0; c < bondWidth; c++) {
                sum += t.bonds[bond * bondWidth + c] * weight[o * row + width + c];
              }
            }
            return sum;
          }),
        entries: 25,
      });
    }
  });
}

Deno.test("batchNorm() normalises, differentiates and counts the real rows only", async () => {
  for (const [rows, used, width] of [[5, 3, 1], [31, 31, 7], [1000, 978, 16], [4, 1, 3]]) {
    for (const train of [true, false]) {
      for (const relu of [true, false]) {
        await checkByDifferences(engine, {
          name: `counted batch norm ${rows} rows, ${used} used, ${train ? "train" : "evaluate"}${
            relu ? ", relu" : ""
          }`,
          inputs: {
            x: { shape: [rows, width], values: numbers(rows * width, 1, 3), wants: true },
            count: { shape: [1], values: Uint32Array.of(used) },
            runningMean: { shape: [width], values: numbers(width, 2) },
            runningVariance: {
              shape: [width],
              values: numbers(width, 3).map((x) => 1.5 + x) as Float32Array<ArrayBuffer>,
            },
          },
          build: ((step, { x, count, runningMean, runningVariance }) =>
            batchNorm(step, { x, count, runningMean, runningVariance }, { train, relu })) as Build,
          reference: ({ x, runningMean, runningVariance }) => {
            const y = new Float64Array(rows * width);
            for (let c = 0; c < width; c++) {
              const column = Float64Array.from({ length: used }, (_, r) =>
                x[r * width + c]);
              const mean = train ? column.reduce((a, b) => a + b, 0) / used : runningMean[c];
              const variance = train
                ? column.reduce((a, b) => a + (b - mean) ** 2, 0) / used
                : runningVariance[c];
              column.forEach((value, r) => {
                const z = (value - mean) / Math.sqrt(variance + 1e-5);
                y[r * width + c] = relu ? Math.max(z, 0) : z;
              });
            }
            return y;
          },
          entries: 20,
          // One row is its own mean: differences of a constant are rounding noise over a tiny deviation.
          tolerance: used === 1 ? 1e-3 : 2e-5,
        });
      }
    }
  }
});

Deno.test("batchNorm() moves running statistics with the unbiased variance of the real rows", async () => {
  const [rows, used, width] = [37, 33, 2];
  const x = numbers(rows * width, 1);
  const tensor = (values: Float32Array<ArrayBuffer>, label: string) =>
    engine.constant([values.length / width, width], values, label);
  const mean = engine.constant([width], new Float32Array([1, 2]), "running mean");
  const variance = engine.constant([width], new Float32Array([3, 4]), "running variance");
  const { plan } = await engine.record("running statistics", (step) => {
    step.keep(batchNorm(step, {
      x: tensor(x, "x"),
      count: engine.constant([1], Uint32Array.of(used), "count"),
      runningMean: mean,
      runningVariance: variance,
    }, { train: true }));
  });
  plan.replay(new Map(), engine.still);
  const [means, variances] = [
    new Float32Array(await plan.read(mean)),
    new Float32Array(await plan.read(variance)),
  ];
  for (let c = 0; c < width; c++) {
    const column = Array.from({ length: used }, (_, r) => x[r * width + c]);
    const own = column.reduce((a, b) => a + b, 0) / used;
    const unbiased = column.reduce((a, b) => a + (b - own) ** 2, 0) / (used - 1);
    assert(Math.abs(means[c] - (0.9 * (1 + c) + 0.1 * own)) < 1e-6);
    assert(Math.abs(variances[c] - (0.9 * (3 + c) + 0.1 * unbiased)) < 1e-6);
  }
});

Deno.test("degreeLinear() does not depend on the order of atoms and of neighbours", async () => {
  const [atoms, width, bondWidth, out] = [31, 5, 3, 6];
  const { lists, bonds } = graph(atoms, 5, 0);
  const [x, features] = [numbers(atoms * width, 1), numbers(bonds * bondWidth, 2)];
  const parameter = (shape: readonly number[], seed: number) =>
    engine.constant(shape, numbers(shape[0] * shape[1], seed), `parameter ${seed}`);
  const degrees = Array.from({ length: 6 }, (_, k) => parameter([out, width + bondWidth], 10 + k));
  const [selfWeight, bias] = [parameter([out, width], 3), parameter([1, out], 4)];
  const [degree0, degree1, degree2, degree3, degree4, degree5] = degrees;
  const convolve = async (order: readonly number[], backwards: boolean) => {
    const place = new Map(order.map((atom, at) => [atom, at]));
    const entries = order.map((atom) => backwards ? lists[atom].toReversed() : lists[atom]);
    const starts = new Uint32Array(atoms + 1);
    entries.forEach((list, at) => starts[at + 1] = starts[at] + list.length);
    const index = (values: readonly number[]) =>
      engine.constant([values.length], Uint32Array.from(values), "index");
    const rows = Float32Array.from(
      { length: x.length },
      (_, i) => x[order[Math.floor(i / width)] * width + i % width],
    );
    const { plan, result } = await engine.record("permuted", (step) =>
      step.keep(degreeLinear(step, {
        x: engine.constant([atoms, width], rows, "atoms"),
        bonds: engine.constant([bonds, bondWidth], features, "bonds"),
        starts: index([...starts]),
        neighbours: index(entries.flat().map(([atom]) => place.get(atom)!)),
        neighbourBonds: index(entries.flat().map(([, bond]) => bond)),
        selfWeight,
        bias,
        degree0,
        degree1,
        degree2,
        degree3,
        degree4,
        degree5,
      })));
    plan.replay(new Map(), engine.still);
    const y = new Float32Array(await plan.read(result));
    return lists.map((_, atom) => y.slice(place.get(atom)! * out, (place.get(atom)! + 1) * out));
  };
  const expected = await convolve([...lists.keys()], false);
  const orders = fc.shuffledSubarray([...lists.keys()], { minLength: atoms });
  await fc.assert(
    fc.asyncProperty(orders, fc.boolean(), async (order, backwards) => {
      const found = await convolve(order, backwards);
      found.forEach((row, atom) =>
        row.forEach((value, o) =>
          assert(Math.abs(value - expected[atom][o]) < 1e-5, `atom ${atom}, output ${o}`)
        )
      );
    }),
    { numRuns: 8, seed: 11 },
  );
});
