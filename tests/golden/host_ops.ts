/**
 * Golden checks of the operations that run on the host: statistics, splits, schedules.
 *
 * Sizes and seeds come from the manifest and the tensors, so another set of the same format passes unchanged.
 */
import { benjaminiHochberg } from "../../datasets/statistics/benjamini_hochberg.ts";
import { combat } from "../../datasets/statistics/combat.ts";
import { hypergeometricTail } from "../../datasets/statistics/hypergeometric_tail.ts";
import { MersenneTwister } from "../../datasets/splits/mersenne_twister.ts";
import { robustZ } from "../../datasets/statistics/robust_z.ts";
import { pairedTTest, studentTTest, welchTTest } from "../../datasets/statistics/t_tests.ts";
import { torchRandperm } from "../../datasets/splits/torch_random_split.ts";
import { learningRateAt } from "../../models/schedule.ts";

/** One comparison with a golden tensor or number. */
export interface GoldenCheck {
  readonly name: string;
  /** Largest absolute difference. */
  readonly worst: number;
  readonly tolerance: number;
  readonly passed: boolean;
  readonly detail?: string;
}

/** The parts of a golden's manifest that are used here. */
export interface GoldenManifest {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly scalars: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, { readonly max_abs?: number; readonly f32_err?: number }>>;
}

/** Tensors of a golden by name. */
export type GoldenTensors = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint> }
>;

/** A check of one kind of golden file. */
export interface HostOpCheck {
  /** Goldens whose name after the last slash begins so. */
  readonly prefix: string;
  check(manifest: GoldenManifest, tensors: GoldenTensors): GoldenCheck[];
}

/** Every check of a host operation, by the prefix of the golden's name. */
export const hostOpChecks: readonly HostOpCheck[] = [
  { prefix: "robust_z", check: checkRobustZ },
  { prefix: "combat", check: checkCombat },
  { prefix: "tests", check: checkTests },
  { prefix: "torch_randperm", check: checkTorchRandperm },
  { prefix: "cosine_lr", check: checkCosine },
];

/** The check for a golden, if it is one of a host operation. */
export function hostOpCheckFor(manifest: GoldenManifest): HostOpCheck | undefined {
  const name = manifest.name.split("/").at(-1)!;
  return hostOpChecks.find(({ prefix }) => name.startsWith(prefix));
}

/** csg2a.md section 8, single operations: 10 f32_err + 2e-5 max_abs. */
const relativeTolerance = 2e-5;

function checkRobustZ(manifest: GoldenManifest, tensors: GoldenTensors): GoldenCheck[] {
  const { shape } = tensors.get("in.x")!;
  const result = robustZ(floats(tensors, "in.x"), shape[1]);
  return [
    compare(manifest, tensors, "out.z", result.z),
    compare(manifest, tensors, "out.median", result.median),
    compare(manifest, tensors, "out.mad", result.mad),
  ];
}

function checkCombat(manifest: GoldenManifest, tensors: GoldenTensors): GoldenCheck[] {
  const { shape } = tensors.get("in.y")!;
  const batches = Array.from(tensors.get("in.batch")!.data, Number);
  const result = combat(floats(tensors, "in.y"), shape[1], batches, 1e-12);
  return [
    compare(manifest, tensors, "out.y", result.adjusted),
    compare(manifest, tensors, "out.gamma_star", result.gammaStar),
    compare(manifest, tensors, "out.delta2_star", result.deltaSquaredStar),
    compare(manifest, tensors, "out.alpha", result.alpha),
    compare(manifest, tensors, "out.sigma", result.sigma),
  ];
}

function checkTests(manifest: GoldenManifest, tensors: GoldenTensors): GoldenCheck[] {
  const { scalars } = manifest;
  const responder = floats(tensors, "in.responder"), nonresponder = floats(tensors, "in.nonresponder");
  const student = studentTTest(responder, nonresponder, "less");
  const welch = welchTTest(responder, nonresponder, "less");
  const pairs = Math.min(responder.length, nonresponder.length);
  const paired = pairedTTest(responder.slice(0, pairs), nonresponder.slice(0, pairs));
  const enrichments = scalars
    .hypergeom as ({ universe: number; set: number; drawn: number; overlap: number; p_ge: number })[];
  const adjusted = benjaminiHochberg(scalars.bh_p as number[]);
  return [
    compareNumber("student_t", student.t, scalars.student_t),
    compareNumber("student_p_less", student.p, scalars.student_p_less),
    compareNumber("welch_t", welch.t, scalars.welch_t),
    compareNumber("welch_p_less", welch.p, scalars.welch_p_less),
    compareNumber("paired_t_first_min_n", paired.t, scalars.paired_t_first_min_n),
    compareNumber("paired_p_two_sided", paired.p, scalars.paired_p_two_sided),
    ...enrichments.map((row, i) => compareNumber(`hypergeom ${i}`, hypergeometricTail(row), row.p_ge)),
    ...(scalars.bh_adjusted as number[]).map((p, i) => compareNumber(`bh_adjusted ${i}`, adjusted[i], p)),
  ];
}

function checkTorchRandperm(manifest: GoldenManifest, tensors: GoldenTensors): GoldenCheck[] {
  const seed = Number(manifest.config.seed);
  return [...tensors].map(([name, { data }]) => {
    const permutation = /^out\.randperm_(\d+)$/.exec(name);
    const expected = Array.from(data, Number);
    const found = permutation
      ? torchRandperm(Number(permutation[1]), seed)
      : rawOutputs(seed, expected.length);
    const wrong = expected.filter((value, i) => (permutation ? value : value >>> 0) !== found[i]).length +
      Math.abs(found.length - expected.length);
    return {
      name,
      worst: wrong,
      tolerance: 0,
      passed: wrong === 0,
      ...(wrong ? { detail: `${wrong} of ${expected.length} entries differ` } : {}),
    };
  });
}

function checkCosine(manifest: GoldenManifest, tensors: GoldenTensors): GoldenCheck[] {
  const { T_max, lr_init, eta_min } = manifest.config;
  const schedule = {
    kind: "cosine",
    learningRate: Number(lr_init),
    floor: Number(eta_min),
    epochs: Number(T_max),
  } as const;
  const rates = (manifest.scalars.lrs as number[]).map((_, epoch) => learningRateAt(schedule, epoch));
  return [
    compare(manifest, tensors, "out.lr", rates),
    ...(manifest.scalars.lrs as number[]).map((lr, epoch) => compareNumber(`lrs ${epoch}`, rates[epoch], lr)),
  ];
}

function rawOutputs(seed: number, count: number): Uint32Array {
  const generator = new MersenneTwister(seed);
  return Uint32Array.from({ length: count }, () => generator.next());
}

function floats(tensors: GoldenTensors, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The golden has no tensor ${name}.`);
  return Float64Array.from(tensor.data, Number);
}

function compare(
  manifest: GoldenManifest,
  tensors: GoldenTensors,
  name: string,
  found: ArrayLike<number>,
): GoldenCheck {
  const expected = floats(tensors, name);
  const { max_abs, f32_err = 0 } = manifest.tensors[name] ?? {};
  const largest = max_abs ?? expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tolerance = 10 * f32_err + relativeTolerance * largest;
  let worst = found.length === expected.length ? 0 : Infinity, at = 0;
  expected.forEach((value, i) => {
    const difference = Math.abs(found[i] - value);
    const distance = Number.isNaN(difference) ? Infinity : difference;
    if (distance > worst) [worst, at] = [distance, i];
  });
  const passed = worst <= tolerance;
  const detail = `${name}[${at}] is ${found[at]}, expected ${expected[at]}`;
  return { name, worst, tolerance, passed, ...(passed ? {} : { detail }) };
}

function compareNumber(name: string, found: number, expected: unknown): GoldenCheck {
  const tolerance = relativeTolerance * Math.abs(Number(expected));
  const worst = Math.abs(found - Number(expected));
  const passed = worst <= tolerance;
  return {
    name,
    worst,
    tolerance,
    passed,
    ...(passed ? {} : { detail: `${name} is ${found}, expected ${expected}` }),
  };
}
