import { activationCode } from "../activation/activation.ts";
import { type Kernel, linearGrid, loop, specialise, type Uniforms } from "../descriptor.ts";
import interfaceCode from "./matmul_interface.wgsl" with { type: "text" };
import productCode from "./matrix_units.wgsl" with { type: "text" };
import begins from "./operand_begins.wgsl" with { type: "text" };
import scalars from "./scalar_operands.wgsl" with { type: "text" };
import splitCode from "./split_halves.wgsl" with { type: "text" };

/** Matrix units that multiply halves and add in f32, as a kernel uses them; or plain arithmetic in their place. */
export interface MatrixUnits {
  /** Rows of a product of theirs, 8 or 16. */
  readonly m: 8 | 16;
  /** Columns. */
  readonly n: 8 | 16;
  /** Steps of the inner dimension. */
  readonly k: 8 | 16;
  /** Threads of a subgroup. */
  readonly lanes: number;
  /** Whether the kernel has to ask for subgroups of that size. */
  readonly sized: boolean;
  /** Plain arithmetic on the same halves: for tests, on adapters without units. */
  readonly emulated?: boolean;
}

/** Features that a device is asked for beside the usual ones; the second where its subgroups come in several sizes. */
export const matrixUnitFeatures = [
  "chromium-experimental-subgroup-matrix",
  "subgroup-size-control",
] as unknown as readonly GPUFeatureName[]; // which the types do not list yet

/** The part of `GPUAdapterInfo` that tells of subgroups and units. */
export interface MatrixUnitInfo {
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}

/** Units without which the kernel's arithmetic is tested: as of NVIDIA and AMD. */
export const emulatedUnits: MatrixUnits = { m: 16, n: 16, k: 16, lanes: 32, sized: false, emulated: true };

/**
 * The largest units of a device that take halves and add in f32; undefined where it lists none that fits the kernel, or its
 * subgroups have no size that the kernel can count on.
 *
 * Source: Dawn, docs/dawn/features/subgroup_matrix.md.
 */
export function matrixUnitsOf(
  features: Pick<GPUSupportedFeatures, "has">,
  { subgroupMinSize: least = 0, subgroupMaxSize: most = 0, subgroupMatrixConfigs = [] }: MatrixUnitInfo,
): MatrixUnits | undefined {
  const [matrices, sizes] = matrixUnitFeatures;
  const needed: readonly GPUFeatureName[] = [matrices, "shader-f16", "subgroups"];
  if (!needed.every((feature) => features.has(feature))) return undefined;
  const sized = least !== most;
  const lanes = sized ? 32 : most;
  if (lanes < 16 || lanes > 64 || lanes < least || lanes > most || (sized && !features.has(sizes))) {
    return undefined;
  }
  const side = (extent: number): extent is 8 | 16 => extent === 8 || extent === 16;
  const units = [...subgroupMatrixConfigs].flatMap((config): MatrixUnits[] => {
    const { componentType, resultComponentType, M: m, N: n, K: k } = config;
    const fits = componentType === "f16" && resultComponentType === "f32" && side(m) && side(n) && side(k);
    return fits ? [{ m, n, k, lanes, sized }] : [];
  });
  return units.sort((a, b) => b.m * b.n * b.k - a.m * a.n * a.k)[0];
}

/** Steps of the inner dimension that share a scale. */
const slice = 256;

const wholeTiles = (extent: number) => 64 * Math.ceil(extent / 64);
const sizesOf = ({ m, n, k }: MatrixUnits) =>
  Object.entries({ UNIT_M: m, UNIT_N: n, UNIT_K: k, SLICE: slice })
    .map(([name, value]) => `const ${name} = ${value}u;`).join("\n");

/** Lengths of what `splitHalves` writes: words of two halves, and pairs of a scale and a bound. */
export function splitLengths(
  { m, n, k, batches }: Uniforms,
): { readonly halves: number; readonly scales: number } {
  const lines = batches * (wholeTiles(m) + wholeTiles(n));
  return { halves: lines * 16 * Math.ceil(k / 16), scales: lines * Math.ceil(k / slice) };
}

/** Why a product cannot be formed on units, as what it "needs"; undefined where it can. */
export function lackOfUnits(
  units: MatrixUnits | undefined,
  sizes: Uniforms,
  maxBinding: number,
): string | undefined {
  if (!units) {
    return "needs matrix units that multiply halves and add in f32; this adapter lists none (--backend dawn shows them).";
  }
  const bytes = 4 * splitLengths(sizes).halves;
  if (bytes <= maxBinding) return undefined;
  return `needs both factors in halves in one binding, ${bytes} bytes; this adapter allows ${maxBinding}.`;
}

/** Splits both operands of a product for `matrixUnitsKernel`; told whether their values neighbour each other along K. */
export function splitHalves(units: MatrixUnits, aAlongK: boolean, bAlongK: boolean): Kernel {
  return specialise({
    name: "matmul_split_halves",
    code: `${sizesOf(units)}\n${begins}\n${splitCode}`,
    workgroups: (sizes) => linearGrid(splitLengths(sizes).scales, 16),
    flops: () => 0,
    bytes: (sizes) => {
      const { m, n, k, batches } = sizes;
      const { halves, scales } = splitLengths(sizes);
      return 4 * batches * (m + n) * k + 4 * halves + 8 * scales;
    },
    iterations: ({ k }) => 2 * loop(Math.min(slice, 16 * Math.ceil(k / 16)) / 16) + loop(8) + loop(7),
  }, { A_ALONG_K: aAlongK ? 1 : 0, B_ALONG_K: bAlongK ? 1 : 0 });
}

/** How a product is formed on matrix units: its kernel, and the one that splits its operands; told whether their values neighbour each other along K. */
export function unitProduct(
  units: MatrixUnits,
  aAlongK: boolean,
  bAlongK: boolean,
): { readonly kernel: Kernel; readonly split: Kernel } {
  return { kernel: matrixUnitsKernel(units), split: splitHalves(units, aAlongK, bAlongK) };
}

/** C (+)= alpha A B with epilogue from operands split by `splitHalves`, as `matmulKernel` otherwise. */
export function matrixUnitsKernel(units: MatrixUnits): Kernel {
  const { m, n, k, lanes, emulated } = units;
  const matrices = (32 / m) * (32 / n);
  const sums = m * n / lanes;
  return {
    name: `matmul_matrix_units${emulated ? "_emulated" : ""}`,
    code: writtenOut(units),
    workgroups: (sizes) =>
      linearGrid(Math.ceil(sizes.n / 64) * Math.ceil(sizes.m / 64) * sizes.batches * sizes.parts, 1),
    flops: (sizes) => 6 * sizes.m * sizes.n * sizes.k * sizes.batches,
    bytes: (sizes) =>
      4 * splitLengths(sizes).halves + 8 * splitLengths(sizes).scales +
      4 * sizes.batches * sizes.parts * sizes.m * sizes.n,
    iterations: ({ per }) => {
      const length = Math.min(slice, per);
      const steps = loop(length / k, emulated ? matrices * loop(sums, loop(k / 2)) : 0);
      const finished = matrices * loop(sums, loop(length));
      return loop(per / slice + 1, steps + finished) + matrices * loop(sums);
    },
  };
}

/** matrix_units.wgsl for the units. */
function writtenOut(units: MatrixUnits): string {
  const { m, n, lanes, sized, emulated } = units;
  const count = (length: number) => Array.from({ length }, (_, i) => i);
  const [rows, columns, sums] = [count(32 / m), count(32 / n), count(m * n / lanes)];
  const matrices = rows.flatMap((i) => columns.map((j) => ({ i, j, name: `${i}_${j}` })));
  const each = (text: (name: string, t: number) => string) =>
    matrices.map(({ name }) => sums.map((t) => text(name, t)).join(" "));
  const loaded = (side: "a" | "b", type: string, order: string, unit: string, of: readonly number[]) =>
    of.flatMap((i) =>
      ["high", "low"].map((half, plane) =>
        `let ${side}_${half}${i} = subgroupMatrixLoad<${type}, ${order}>(&halves, ${side}_at + ${i}u * ${side}_next + ${plane}u * ${unit} * UNIT_K, UNIT_K);`
      )
    );
  const multiplied = (i: number, j: number, slot: string) =>
    emulated
      ? [
        `for (var t = 0u; t < ${sums.length}u; t++) {`,
        `  let e = t * LANES + lane;`,
        `  part[${slot} + e] = unit_product(a_at + ${i}u * a_next + e / UNIT_N * UNIT_K, b_at + ${j}u * b_next + e % UNIT_N * UNIT_K);`,
        `}`,
      ]
      : [
        `let cross${i}_${j} = subgroupMatrixMultiplyAccumulate(a_high${i}, b_low${j}, subgroupMatrixMultiply<f32>(a_low${i}, b_high${j}));`,
        `let all${i}_${j} = subgroupMatrixMultiplyAccumulate(a_high${i}, b_high${j}, subgroupMatrixScalarMultiply(cross${i}_${j}, 1.0 / 2048.0));`,
        `subgroupMatrixStore<row_major>(&part, ${slot}, all${i}_${j}, UNIT_N);`,
      ];
  // A thread goes through its values of a matrix in workgroup memory, so that what it does with each stands in the text once.
  const eachOwn = ({ i, j, name }: typeof matrices[number], from: string, what: string) => [
    ...sums.map((t) => `part[own + ${t}u * LANES] = ${from}${name}_${t};`),
    `for (var t = 0u; t < ${sums.length}u; t++) {`,
    `  let e = t * LANES + lane;`,
    `  let row = row0 + ${i}u * UNIT_M + e / UNIT_N;`,
    `  let column = column0 + ${j}u * UNIT_N + e % UNIT_N;`,
    `  if (row < params.m && column < params.n) { ${what} }`,
    `}`,
  ];
  const ownSum = "part[own + t * LANES]";
  const lines: Readonly<Record<string, () => readonly string[]>> = {
    subgroup_builtins: () =>
      emulated ? [] : ["@builtin(subgroup_id) subgroup: u32,", "@builtin(subgroup_invocation_id) lane: u32,"],
    subgroup_values: () => emulated ? ["let subgroup = thread / LANES;", "let lane = thread % LANES;"] : [],
    totals: () => each((name, t) => `var total${name}_${t} = 0.0;`),
    sums: () => each((name, t) => `var sum${name}_${t} = 0.0;`),
    loads: () =>
      emulated ? [] : [
        ...loaded("a", "Left", "row_major", "UNIT_M", rows),
        ...loaded("b", "Right", "col_major", "UNIT_N", columns),
      ],
    products: () =>
      matrices.flatMap(({ i, j, name }, q) => {
        const slot = q % 2 === 0 ? "even" : "odd";
        return [
          ...multiplied(i, j, slot),
          "workgroupBarrier();",
          sums.map((t) => `sum${name}_${t} += part[${slot} + lane + ${t}u * LANES];`).join(" "),
        ];
      }),
    slices: () => [
      ...matrices.flatMap((matrix) => [
        ...eachOwn(matrix, "sum", `${ownSum} = slice_sum(z, row, column, first, slice_end, ${ownSum});`),
        sums.map((t) => `total${matrix.name}_${t} += part[own + ${t}u * LANES];`).join(" "),
      ]),
      "workgroupBarrier();", // threads that found a sum again meet the others
    ],
    stores: () => matrices.flatMap((matrix) => eachOwn(matrix, "total", `store(z, row, column, ${ownSum});`)),
  };
  const body = productCode
    .replace("@threads", `${4 * lanes}`)
    .replace("@subgroup_size", sized ? ` @subgroup_size(${lanes})` : "")
    .replaceAll(
      /^( *)@(subgroup_builtins|subgroup_values|totals|sums|loads|products|slices|stores)\n/gm,
      (_, indent, name) => lines[name]().map((line) => `${indent}${line}\n`).join(""),
    );
  const enabled = [
    "f16",
    "subgroups",
    ...(sized ? ["subgroup_size_control"] : []),
    "chromium_experimental_subgroup_matrix",
  ];
  return [
    ...(emulated ? [] : enabled.map((name) => `enable ${name};`)),
    activationCode,
    begins,
    interfaceCode,
    scalars,
    `${sizesOf(units)}\nconst LANES = ${lanes}u;`,
    emulated ? emulatedHalves : unitHalves,
    body,
  ].join("\n");
}

// Types of matrices name their columns before their rows.
const unitHalves = `
@group(0) @binding(6) var<storage, read> halves: array<f16>;
alias Left = subgroup_matrix_left<f16, UNIT_K, UNIT_M>;
alias Right = subgroup_matrix_right<f16, UNIT_N, UNIT_K>;
`;

const emulatedHalves = `
@group(0) @binding(6) var<storage, read> halves: array<u32>;
fn unit_product(a_at: u32, b_at: u32) -> f32 {
  var high = 0.0;
  var cross = 0.0;
  for (var k = 0u; k < UNIT_K; k += 2u) {
    let a_high = unpack2x16float(halves[(a_at + k) / 2u]);
    let a_low = unpack2x16float(halves[(a_at + k + UNIT_M * UNIT_K) / 2u]);
    let b_high = unpack2x16float(halves[(b_at + k) / 2u]);
    let b_low = unpack2x16float(halves[(b_at + k + UNIT_N * UNIT_K) / 2u]);
    cross += dot(a_low, b_high) + dot(a_high, b_low);
    high += dot(a_high, b_high);
  }
  return high + cross / 2048.0;
}
`;
