import assert from "node:assert/strict";
import { tunedWorks } from "../../bench/tools/tuned/mod.ts";
import { Device, Engine, ShapeError, Tuning, type TuningEntry } from "../../engine/mod.ts";
import { type Epilogue, recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";
import {
  emulatedUnits,
  type MatrixUnitInfo,
  matrixUnitsKernel,
  matrixUnitsOf,
  splitHalves,
  splitLengths,
} from "../../kernels/matmul/matrix_units.ts";
import { matmulVariantTunable } from "../../kernels/matmul/tunable.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { deviceTest, gpuTest, releaseEngines } from "../support/gpu_test.ts";
import {
  plainProduct,
  splitLine,
  type UnitArithmetic,
  unitProduct,
} from "../support/matrix_unit_arithmetic.ts";

const nvidia: MatrixUnitInfo = {
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
  subgroupMatrixConfigs: [
    { componentType: "f16", resultComponentType: "f16", M: 16, N: 16, K: 16 },
    { componentType: "f16", resultComponentType: "f32", M: 16, N: 8, K: 16 },
    { componentType: "f16", resultComponentType: "f32", M: 16, N: 16, K: 16 },
    { componentType: "i8", resultComponentType: "i32", M: 16, N: 16, K: 32 },
  ],
};

Deno.test("the largest units that take halves and add in f32 are used, in subgroups of a known size", () => {
  const all = ["chromium-experimental-subgroup-matrix", "shader-f16", "subgroups"] as GPUFeatureName[];
  const of = (info: MatrixUnitInfo, features = all) => matrixUnitsOf(new Set(features), info);
  assert.deepEqual(of(nvidia), { m: 16, n: 16, k: 16, lanes: 32, sized: false });
  const [halves, narrow, , integers] = [...nvidia.subgroupMatrixConfigs!];
  const listing = (...subgroupMatrixConfigs: (typeof halves)[]) => of({ ...nvidia, subgroupMatrixConfigs });
  assert.deepEqual(listing(halves, narrow), { m: 16, n: 8, k: 16, lanes: 32, sized: false });
  assert.equal(listing(halves, integers), undefined, "no sums in f32");
  assert.equal(listing({ ...narrow, M: 32 }), undefined, "no such tile");
  assert.equal(listing({ ...narrow, K: 32 }), undefined, "no such step");
  for (const lacking of all) {
    assert.equal(of(nvidia, all.filter((feature) => feature !== lacking)), undefined, lacking);
  }
  // Where subgroups come in several sizes the kernel must be able to ask for one.
  const both = { ...nvidia, subgroupMaxSize: 64 };
  assert.equal(of(both), undefined);
  const sized = [...all, "subgroup-size-control"] as GPUFeatureName[];
  assert.equal(of(both, sized)?.sized, true);
  assert.equal(of({ ...both, subgroupMinSize: 64, subgroupMaxSize: 128 }, sized), undefined);
  assert.equal(of({ ...nvidia, subgroupMinSize: 64, subgroupMaxSize: 64 })?.lanes, 64);
  assert.equal(of({ subgroupMatrixConfigs: nvidia.subgroupMatrixConfigs }), undefined, "sizes unknown");
});

deviceTest("a device is asked for what matrix units need only where its adapter lists some", async () => {
  const offered = [
    "chromium-experimental-subgroup-matrix",
    "subgroup-size-control",
    "shader-f16",
    "subgroups",
  ];
  const askedOf = async (info: MatrixUnitInfo): Promise<string[]> => {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const { vendor, architecture, device, description } = adapter.info;
    let asked: string[] = [];
    const pretended = {
      features: new Set([...adapter.features, ...offered]),
      info: { vendor, architecture, device, description, ...info },
      limits: adapter.limits,
      requestDevice({ requiredFeatures = [], ...rest }: GPUDeviceDescriptor) {
        asked = [...requiredFeatures];
        const real = asked.filter((name) => adapter.features.has(name as GPUFeatureName)) as GPUFeatureName[];
        return adapter.requestDevice({ ...rest, requiredFeatures: real });
      },
    };
    const gpu = { requestAdapter: () => Promise.resolve(pretended) } as unknown as GPU;
    (await Device.open(gpu)).close();
    return asked.filter((name) => offered.includes(name)).sort();
  };
  assert.deepEqual(await askedOf(nvidia), offered.toSorted());
  assert.deepEqual(await askedOf({ ...nvidia, subgroupMatrixConfigs: [] }), ["shader-f16", "subgroups"]);
});

/** Factors of a product in f32: rows of A, columns of B. */
interface Factors {
  readonly rows: readonly Float32Array[];
  readonly columns: readonly Float32Array[];
}

function factors(
  [m, n, k]: readonly [number, number, number],
  a: (i: number, s: number) => number,
  b: (j: number, s: number) => number,
): Factors {
  const lines = (count: number, of: (line: number, s: number) => number) =>
    Array.from({ length: count }, (_, line) => Float32Array.from({ length: k }, (_, s) => of(line, s)));
  return { rows: lines(m, a), columns: lines(n, b) };
}

/** What float64 makes of a row and a column, and the sum of the magnitudes of what it adds up. */
function exact(row: Float32Array, column: Float32Array): { value: number; size: number } {
  let [value, size] = [0, 0];
  for (let s = 0; s < row.length; s++) {
    value += row[s] * column[s];
    size += Math.abs(row[s] * column[s]);
  }
  return { value, size };
}

/** Operands of all kinds that halves could lose digits of, by what is done to uniform values. */
function hostileFactors(random: RandomValues, [m, n, k]: readonly [number, number, number]) {
  const any = () => 2 * random.next() - 1;
  const opposed = (reach: number) => {
    const by = (s: number) => 2 ** Math.round(reach * (2 * (37 * s % 61) / 60 - 1));
    return factors([m, n, k], (_, s) => any() * by(s), (_, s) => any() / by(s));
  };
  return {
    "plain": factors([m, n, k], any, any),
    "small gradients": factors([m, n, k], () => 1e-9 * any(), () => 0.05 * any()),
    "very large and very small": factors([m, n, k], () => 1e30 * any(), () => 1e-30 * any()),
    // No scale of f32 takes these to 2^14; drivers may take what is smaller for 0.
    "smallest": factors([m, n, k], () => 1e30 * any(), () => 2 ** -124 * (1 + any()) + 2 ** -124),
    "rows from 1e-8 to 1e8": factors([m, n, k], (i) => any() * 10 ** (16 * i / m - 8), any),
    "an outlier in each row": factors([m, n, k], (i, s) => s === 5 * i % k ? 1e6 : any(), any),
    "log-normal": factors([m, n, k], () => Math.exp(6 * any()), () => Math.exp(6 * any())),
    "zeros": factors([m, n, k], (i) => i % 3 === 0 ? 0 : Math.max(0, any()), (j) => j % 4 === 0 ? 0 : any()),
    "opposed by 2^24": opposed(12),
    "opposed by 2^60": opposed(30),
    "opposed by 2^120": opposed(60),
  };
}

for (const flushes of [false, true]) {
  Deno.test(`by the units' own arithmetic every entry is as exact as f32 adds, whatever the operands${flushes ? ", where small halves count as 0" : ""}`, () => {
    const sizes = [13, 11, 531] as const;
    const arithmetic: UnitArithmetic = { steps: 16, cuts: true };
    for (const [name, { rows, columns }] of Object.entries(hostileFactors(new RandomValues(3), sizes))) {
      let again = 0;
      const right = columns.map((column) => splitLine(column, flushes));
      for (const row of rows) {
        const left = splitLine(row, flushes);
        for (const column of right) {
          const { value, size } = exact(row, column.values);
          const found = unitProduct(left, column, arithmetic);
          again += found.again;
          assert.ok(
            Math.abs(found.value - value) <= 1e-6 * size,
            `${name}: ${found.value} for ${value}, of terms of ${size} in all`,
          );
        }
      }
      const slices = rows.length * columns.length * Math.ceil(sizes[2] / 256);
      if (/^opposed by 2\^(60|120)/.test(name)) {
        assert.ok(again > slices / 2, `${name}: ${again} of ${slices} found again`);
      }
      if (/^(plain|small|very|rows)/.test(name)) {
        assert.equal(again, 0, `${name}: nothing need be found again`);
      }
    }
  });
}

Deno.test("by the units' own arithmetic a long sum is more exact than one running sum in f32, cut or rounded", () => {
  const random = new RandomValues(4);
  for (const k of [978, 31_296]) {
    const { rows, columns } = factors([4, 4, k], () => 2 * random.next() - 1, () => 2 * random.next() - 1);
    const worst = { plain: 0, cut: 0, rounded: 0 };
    let largest = 0;
    for (const row of rows.map((row) => splitLine(row))) {
      for (const column of columns.map((column) => splitLine(column))) {
        const { value } = exact(row.values, column.values);
        const off = (found: number) => Math.abs(found - value);
        largest = Math.max(largest, Math.abs(value));
        worst.plain = Math.max(worst.plain, off(plainProduct(row.values, column.values)));
        worst.cut = Math.max(worst.cut, off(unitProduct(row, column, { steps: 16, cuts: true }).value));
        worst.rounded = Math.max(
          worst.rounded,
          off(unitProduct(row, column, { steps: 8, cuts: false }).value),
        );
      }
    }
    assert.ok(worst.cut < worst.plain && worst.rounded < worst.plain, `${k}: ${JSON.stringify(worst)}`);
    assert.ok(worst.cut <= 5e-7 * largest, `${k}: ${worst.cut / largest}`);
  }
});

/** A product of rows and columns on a device. */
async function onDevice(
  engine: Engine,
  { rows, columns }: Factors,
  [ta, tb]: readonly [boolean, boolean],
  variant: Epilogue["variant"],
): Promise<Float32Array> {
  const [m, n, k] = [rows.length, columns.length, rows[0].length];
  const laid = (lines: readonly Float32Array[], along: boolean) =>
    Float32Array.from(
      { length: lines.length * k },
      (_, i) =>
        along ? lines[Math.floor(i / k)][i % k] : lines[i % lines.length][Math.floor(i / lines.length)],
    );
  const a = engine.constant([m * k], laid(rows, !ta), "a");
  const b = engine.constant([k * n], laid(columns, tb), "b");
  const { plan, result } = await engine.record("product", (step) => {
    const c = step.empty([m, n], "c");
    const left = ta ? transposed(matrix(a, k, m)) : matrix(a, m, k);
    const right = tb ? transposed(matrix(b, n, k)) : matrix(b, k, n);
    recordMatmul(step, left, right, c, { variant });
    return step.keep(c);
  });
  plan.replay(new Map(), engine.still);
  const values = new Float32Array(await plan.read(result));
  plan.dispose();
  return values;
}

const transposes = [[false, false], [false, true], [true, false], [true, true]] as const;

gpuTest(
  "operands split by the kernels give every entry as exactly as f32 adds, whatever they hold",
  async (engine) => {
    const forms = (["matrix_units_emulated", "matrix_units"] as const)
      .filter((form) => form !== "matrix_units" || engine.device.matrixUnits);
    const hostile = Object.entries(hostileFactors(new RandomValues(5), [67, 70, 273]));
    for (const [t, [name, { rows, columns }]] of hostile.entries()) {
      for (const form of forms) {
        const found = await onDevice(engine, { rows, columns }, transposes[t % 4], form);
        for (const [i, row] of rows.entries()) {
          for (const [j, column] of columns.entries()) {
            const { value, size } = exact(row, column);
            const at = found[i * columns.length + j];
            assert.ok(
              Math.abs(at - value) <= 1.5e-6 * size,
              `${form}, ${name}: [${i}, ${j}] is ${at} for ${value} of ${size}`,
            );
          }
        }
      }
    }
  },
  ["software"],
);

gpuTest(
  "the split writes halves, scales and bounds as the units' arithmetic has them, and only finite halves",
  async (engine) => {
    const random = new RandomValues(8);
    const any = () => 2 * random.next() - 1;
    const [m, n, k] = [19, 3, 300];
    const { rows, columns } = factors(
      [m, n, k],
      (i, s) => any() * 2 ** (s === 7 ? 4 * i : -i),
      () => 2 ** -124 * (2 + any()),
    );
    rows[2][299] = Infinity;
    rows[5][0] = NaN;
    rows[6].fill(0);
    const values = { a: Float32Array.from(rows.flatMap((row) => [...row])), b: new Float32Array(n * k) };
    columns.forEach((column, j) => column.forEach((value, s) => values.b[s * n + j] = value));
    const [a, b] = [engine.constant([m * k], values.a, "a"), engine.constant([k * n], values.b, "b")];
    const lengths = splitLengths({ m, n, k, batches: 1 });
    const { plan, result } = await engine.record("split", (step) => {
      const halves = step.empty([lengths.halves], "halves", "u32");
      const scales = step.empty([lengths.scales, 2], "scales");
      step.run(splitHalves(emulatedUnits, true, false), { a, b, halves, scales }, {
        ...{ m, n, k, batches: 1, inner: 1, a_start: 0, a_batch: 0, a_inner: 0, a_row: k, a_column: 1 },
        ...{ b_start: 0, b_batch: 0, b_inner: 0, b_row: n, b_column: 1 },
      });
      return { halves: step.keep(halves), scales: step.keep(scales) };
    });
    plan.replay(new Map(), engine.still);
    const halves = new Float16Array(await plan.read(result.halves));
    const scales = new Float32Array(await plan.read(result.scales));
    const [depth, lines, unit] = [304, 64, 16];
    const check = (line: Float32Array, index: number, operand: number) => {
      const { high, low, slices } = splitLine(line);
      slices.forEach(({ exponent, least }, s) => {
        const at = 2 * ((operand * lines + index) * 2 + s);
        const finite = line.subarray(256 * s, 256 * (s + 1)).every(Number.isFinite);
        if (finite && line.some((value) => value !== 0)) {
          assert.equal(scales[at], exponent, `scale of ${index}`);
        }
        assert.equal(scales[at + 1], Math.fround(least), `bound of ${index}`);
      });
      for (let s = 0; s < depth; s++) {
        const block = 2 * (operand * lines + Math.floor(index / unit) * unit) * depth +
          Math.floor(s / unit) * 2 * unit * unit;
        const at = block + index % unit * unit + s % unit;
        const [found, rest] = [halves[at], halves[at + unit * unit]];
        const expected = s < k ? high[s] + low[s] / 2048 : 0;
        // Drivers may round a half either way, and take those below 2^-14 for 0.
        const allowed = Math.max(2 ** -20 * Math.abs(expected), 2 ** -24);
        assert.ok(
          Math.abs(found + rest / 2048 - expected) <= allowed,
          `${index}, ${s}: ${found} and ${rest} for ${expected}`,
        );
      }
    };
    rows.forEach((row, i) => check(row, i, 0));
    columns.forEach((column, j) => check(column, j, 1));
  },
  ["software"],
);

gpuTest("what is not finite goes where f32 takes it, and nowhere else", async (engine) => {
  const random = new RandomValues(6);
  const { rows, columns } = factors([18, 66, 300], () => 2 * random.next() - 1, () => 2 * random.next() - 1);
  rows[3][299] = Infinity;
  rows[7][0] = NaN;
  columns[65][256] = -Infinity;
  rows[9][256] = 0;
  const found = await onDevice(engine, { rows, columns }, [false, true], "matrix_units_emulated");
  rows.forEach((row, i) =>
    columns.forEach((column, j) => {
      const { value, size } = exact(row, column);
      const at = found[i * columns.length + j];
      if (!Number.isFinite(value)) return assert.equal(at, value, `[${i}, ${j}]`);
      assert.ok(Math.abs(at - value) <= 1.5e-6 * size, `[${i}, ${j}] is ${at} for ${value}`);
    })
  );
}, ["software"]);

gpuTest(
  "a product on matrix units is refused by name where there are none",
  async (engine) => {
    const { rows, columns } = factors([5, 6, 7], () => 1, () => 1);
    if (!engine.device.matrixUnits) {
      await assert.rejects(
        () => onDevice(engine, { rows, columns }, [false, false], "matrix_units"),
        (error) =>
          error instanceof ShapeError &&
          /"matrix_units" needs matrix units .* this adapter lists none .--backend dawn/.test(error.message),
      );
    }
  },
  ["software"],
);

deviceTest(
  "a product whose result or sum is cut is split piece by piece, and a table's units do nothing where there are none",
  async () => {
    const random = new RandomValues(9);
    const drawn = (m: number, n: number, k: number) =>
      factors([m, n, k], () => 2 * random.next() - 1, () => 2 * random.next() - 1);
    const check = async (engine: Engine, { rows, columns }: Factors, variant: Epilogue["variant"]) => {
      const found = await onDevice(engine, { rows, columns }, [false, false], variant);
      rows.forEach((row, i) =>
        columns.forEach((column, j) => {
          const { value, size } = exact(row, column);
          assert.ok(Math.abs(found[i * columns.length + j] - value) <= 1e-6 * size, `[${i}, ${j}]`);
        })
      );
    };
    // C of 46,560 bytes is cut into rows.
    const rowsCut = await Engine.open(navigator.gpu, { poison: true, maxBinding: 32_768 });
    try {
      const given = drawn(97, 120, 3);
      await check(rowsCut, given, "matrix_units_emulated");
      await assert.rejects(
        () => onDevice(rowsCut, drawn(97, 120, 50), [false, false], "matrix_units_emulated"),
        /"matrix_units_emulated" needs both factors in halves in one binding, 65536 bytes; .* 32768/,
      );
      const sizes = { m: 97, n: 120, k: 3, batches: 1, a_column: 1, b_column: 1 };
      const entry: TuningEntry = {
        tunable: matmulVariantTunable.name,
        shape: matmulVariantTunable.shapeClass(sizes),
        choice: "matrix_units",
        byRule: "tiled",
        ms: 1,
        msByRule: 2,
        error: 0,
      };
      rowsCut.device.tuning = new Tuning([entry]);
      if (!rowsCut.device.matrixUnits) await check(rowsCut, given, undefined);
    } finally {
      rowsCut.dispose();
    }
    // Nor may a thread run all 150 steps, nor parts of the sum take more than one C: it goes in two passes.
    const maxIterations = matrixUnitsKernel(emulatedUnits).iterations({ per: 80 });
    const stepsCut = await Engine.open(navigator.gpu, { poison: true, maxBinding: 327_680, maxIterations });
    try {
      await check(stepsCut, drawn(256, 256, 150), "matrix_units_emulated");
    } finally {
      stepsCut.dispose();
    }
  },
);

gpuTest(
  "the tuner's check of a product on units has seen operands far apart and what is not finite",
  async (engine) => {
    const matmul = tunedWorks.find(({ tunable }) => tunable.name === matmulVariantTunable.name)!;
    const sizes = { m: 21, n: 19, k: 2_100, batches: 2, a_column: 1, b_column: 19 };
    const record = matmul.prepare(engine, sizes, new RandomValues(2));
    engine.device.tuning = Object.assign(new Tuning(), { choose: () => "matrix_units_emulated" });
    try {
      const judged = await record();
      assert.equal(judged.runs, "matrix_units_emulated", "though the sum of parts comes last");
      judged.plan.replay(new Map(), engine.still);
      let replays = 0;
      engine.device.observer = { afterReplay: () => replays++ };
      const error = await judged.error();
      assert.equal(replays, 4, "apart, far apart, not finite, as before");
      assert.ok(error > 0 && error < 2e-6, `${error}`);
    } finally {
      engine.device.observer = undefined;
      engine.device.tuning = new Tuning();
    }
  },
  ["software"],
);

releaseEngines();
