import assert from "node:assert/strict";
import { RandomStream } from "../../datasets/random.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import { graphKernel, tanimotoKernel, termKernel } from "../../models/gaussian_process/kernels.ts";
import { Process } from "../../models/gaussian_process/leave_drugs_out.ts";
import { gaussianProcess } from "../../models/gaussian_process/model.ts";
import { configure } from "../../runs/configure.ts";
import { readData } from "../../runs/prepare.ts";
import { openBaseline } from "./fit_baseline.ts";

Deno.test("errors of drugs that are left out, in closed form, are those of fits without them", () => {
  const random = new RandomStream(2), rows = 17, count = 3, noise = 0.7;
  const points = Float64Array.from({ length: rows * 4 }, () => random.normal());
  const kernel = Float64Array.from({ length: rows * rows }, (_, at) => {
    const a = Math.floor(at / rows), b = at % rows;
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += (points[a * 4 + k] - points[b * 4 + k]) ** 2;
    return Math.exp(-sum / 4);
  });
  const design = Float64Array.from({ length: rows * 2 }, (_, at) => at % 2 === 0 ? 1 : random.normal());
  const values = Float64Array.from({ length: rows * count }, () => random.normal());
  const groups = [[0, 5, 9], [1], [2, 3, 4, 16], [6, 7], [8, 10, 11, 12, 13, 14, 15]];
  const closed = new Process(kernel, noise, design, rows).leaveOut(values, count, groups);
  for (const group of groups) {
    const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !group.includes(row));
    const pick = (of: Float64Array, width: number) =>
      Float64Array.from(kept.flatMap((row) => [...of.subarray(row * width, (row + 1) * width)]));
    const own = Float64Array.from(kept.flatMap((a) => kept.map((b) => kernel[a * rows + b])));
    const { duals, linear } = new Process(own, noise, pick(design, 2), kept.length).apply(
      pick(values, count),
      count,
    );
    for (const row of group) {
      for (let k = 0; k < count; k++) {
        let predicted = design[row * 2] * linear[k] + design[row * 2 + 1] * linear[count + k];
        kept.forEach((other, n) => predicted += kernel[row * rows + other] * duals[n * count + k]);
        const error = values[row * count + k] - predicted;
        assert.ok(Math.abs(closed[row * count + k] - error) < 1e-8, `${closed[row * count + k]} ${error}`);
      }
    }
  }
});

Deno.test("kernels over drugs are 1 for a drug itself, and know structures, terms and neighbours in the graph", () => {
  const tanimoto = tanimotoKernel([Uint16Array.of(1, 2, 3), Uint16Array.of(2, 3, 4), new Uint16Array()]);
  assert.deepEqual([...tanimoto], [1, 0.5, 0, 0.5, 1, 0, 0, 0, 1]);
  const terms = new Map([[0, new Set(["A", "B"])], [1, new Set(["A", "B"])], [2, new Set(["C"])]]);
  const cosine = termKernel(4, terms);
  assert.ok(Math.abs(cosine[1] - 1) < 1e-12 && cosine[2] === 0 && cosine[3] === 0 && cosine[15] === 1);
  // A - B - C - D - E: C is nearer to B than E is.
  const chain = {
    genes: ["A", "B", "C", "D", "E"],
    indptr: Uint32Array.of(0, 1, 3, 5, 7, 8),
    indices: Uint32Array.of(1, 0, 2, 1, 3, 2, 4, 3),
  };
  const walks = graphKernel(
    3,
    new Map([[0, new Set(["B"])], [1, new Set(["C"])], [2, new Set(["E"])]]),
    chain,
  )!;
  assert.ok(walks[1] > walks[2] && walks[2] > 0, walks.join());
  assert.equal(graphKernel(1, new Map([[0, new Set(["elsewhere"])]]), chain), undefined);
  // A target outside the graph takes its share of a drug's walk, and makes alike the drugs that have it.
  const outside = graphKernel(
    4,
    new Map([[0, new Set(["B"])], [1, new Set(["B", "X"])], [2, new Set(["X"])], [3, new Set(["Y"])]]),
    chain,
  )!;
  assert.ok(outside[1] < 1 && outside[1] > 0 && outside[6] > 0, outside.join());
  assert.ok(outside[2] === 0 && outside[3] === 0 && outside[11] === 0, outside.join());
});

Deno.test("a Gaussian process learns what structures tell, and restored predicts the same", async () => {
  const source = {
    source: "simulator",
    options: { genes: 160, cells: 2, drugs: 17, decoys: 3, doses: [1, 10], times: [24], replicates: 1 },
  } as const;
  const data = await readData(await configure({ model: "gp", data: source }));
  const split = await makeSplit({ rule: "random", number: 0 }, data);
  const open = () => openBaseline(gaussianProcess, data, split, {});
  await using fitted = await open();
  assert.match((await fitted.fit({})).chosen!, /^structure 1\.00; same drug/);
  const predicted = await fitted.predict(split.test), truth = data.truth!.take(split.test);
  const train = data.truth!.take(split.train), n = data.outputs.names.length;
  const means = new Float64Array(n);
  train.forEach((value, at) => means[at % n] += value / split.train.length);
  const error = (of: (at: number) => number) =>
    truth.reduce((sum, value, at) => sum + (value - of(at)) ** 2, 0);
  assert.ok(
    error((at) => predicted[at]) < 0.9 * error((at) => means[at % n]),
    `${error((at) => predicted[at]) / error((at) => means[at % n])}`,
  );
  await using restored = await open();
  restored.restore(await fitted.state());
  assert.deepEqual(await restored.predict(split.test), predicted);
});
