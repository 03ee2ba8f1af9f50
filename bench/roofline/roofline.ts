import { Engine, type Kernel, type Plan, type Tensor, type Uniforms } from "../../engine/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { timeReplay } from "../measure.ts";
import { arithmetic, arithmeticUniforms, threads } from "./arithmetic.ts";
import { half, read, stream, workgroup, write } from "./probes.ts";

/** What this adapter reached with plain arithmetic and with plain memory, in the run that quotes it. */
export interface Roofline {
  /** Multiply-adds of single precision in registers. */
  readonly gflops: number;
  /** A copy of 64 MiB, bytes read and written. */
  readonly gbs: number;
  readonly read_gbs?: number;
  readonly write_gbs?: number;
  /** A copy of 256 KiB again and again: what a working set in a cache may reach. */
  readonly cached_gbs?: number;
  /** Reads of workgroup memory. */
  readonly workgroup_gbs?: number;
  /** The fastest that any memory beside the workgroup's was seen: where data stay in a cache, a copy is no bound. */
  readonly fastest_gbs?: number;
  /** Multiply-adds of half precision; absent where the adapter has none. WGSL has no matrix units to measure. */
  readonly f16_gflops?: number;
  /** What 10^9 multiply-adds took, in milliseconds, when these were measured. */
  readonly canary_ms?: number;
}

/** Share of what the ceilings allow at a kernel's operations a byte: the larger of the two shares that it reached. */
export function rooflineShare(
  reached: Pick<Roofline, "gflops" | "gbs">,
  ceilings: Pick<Roofline, "gflops" | "gbs">,
): number {
  return Math.max(reached.gflops / ceilings.gflops, reached.gbs / ceilings.gbs);
}

/** The better of two measurements of one adapter, ceiling by ceiling: load only ever hides a ceiling. */
export function higher(first: Roofline, second: Roofline): Roofline {
  const names = Object.keys(first) as (keyof Roofline)[];
  const best = names.map((name) => {
    const pick = name === "canary_ms" ? Math.min : Math.max;
    return [name, pick(first[name]!, second[name] ?? first[name]!)];
  });
  return Object.fromEntries(best) as unknown as Roofline;
}

/** The ceilings in words. */
export function ceilingsText(ceilings: Roofline): string {
  const parts: [string, number | undefined][] = [
    ["GFLOP/s in registers", ceilings.gflops],
    ["GFLOP/s in half precision", ceilings.f16_gflops],
    ["GB/s in a copy", ceilings.gbs],
    ["reading", ceilings.read_gbs],
    ["writing", ceilings.write_gbs],
    ["copying in a cache", ceilings.cached_gbs],
    ["in workgroup memory", ceilings.workgroup_gbs],
  ];
  return parts.filter(([, rate]) => rate !== undefined)
    .map(([what, rate]) => `${rate!.toPrecision(3)} ${what}`).join(", ");
}

/** A probe is made longer until it takes this many milliseconds. */
const enough = 10;

/** Best milliseconds of a probe, and how much it did in them. */
async function best(
  engine: Engine,
  kernel: Kernel,
  bindings: Readonly<Record<string, Tensor>>,
  uniforms: (scale: number) => Uniforms,
  { most = 1, calls = 1 }: { readonly most?: number; readonly calls?: number },
): Promise<{ ms: number; uniforms: Uniforms }> {
  for (let scale = 1;; scale *= 4) {
    const given = uniforms(scale);
    const { plan } = await engine.record(kernel.name, (step) => {
      for (let call = 0; call < calls; call++) step.run(kernel, bindings, given);
    });
    const ms = await shortest(engine, plan);
    plan.dispose();
    if (ms >= enough || scale * 4 > most) return { ms: ms / calls, uniforms: given };
  }
}

async function shortest(engine: Engine, plan: Plan): Promise<number> {
  const times: number[] = [];
  for (let repeat = 0; repeat < 5; repeat++) times.push((await timeReplay(engine, plan)).both!);
  return Math.min(...times);
}

/** Measures the ceilings of the adapter. What is read was written first, so that no page of zeros stands in for it. */
export async function measureRoofline(gpu: GPU): Promise<Roofline> {
  const engine = await Engine.open(gpu);
  try {
    const floats = Math.min(1 << 24, Math.floor(engine.device.maxBinding / 4));
    const random = new RandomValues(1).floats(1 << 16);
    const source = new Float32Array(floats);
    for (let at = 0; at < floats; at += random.length) {
      source.set(random.subarray(0, Math.min(random.length, floats - at)), at);
    }
    const x = engine.constant([floats], source, "roofline x");
    const z = engine.constant([floats], source, "roofline z");
    const y = engine.constant([threads], random.subarray(0, threads), "roofline y");
    const arithmeticOf = async (kernel: Kernel) => {
      const { ms, uniforms } = await best(engine, kernel, { y }, (scale) => arithmeticUniforms(16 * scale), {
        most: 1 << 16,
      });
      return kernel.flops(uniforms) / (1e6 * ms);
    };
    const rate = ({ ms, uniforms }: { ms: number; uniforms: Uniforms }, kernel: Kernel) =>
      kernel.bytes(uniforms) / (1e6 * ms);
    const all = () => ({ quads: floats / 4 });
    const few = () => ({ quads: 1 << 13 });
    const gflops = await arithmeticOf(arithmetic);
    const copied = rate(await best(engine, stream, { x, y: z }, all, {}), stream);
    const written = rate(await best(engine, write, { y: z }, () => ({ ...all(), value: 0.5 }), {}), write);
    const readBack = rate(await best(engine, read, { x, y }, () => ({ ...all(), threads }), {}), read);
    const cached = rate(await best(engine, stream, { x, y: z }, few, { calls: 64 }), stream);
    const shared = rate(
      await best(engine, workgroup, { y }, (scale) => ({ rounds: 16 * scale }), { most: 1 << 12 }),
      workgroup,
    );
    const halves = engine.device.handle.features.has("shader-f16") ? await arithmeticOf(half) : undefined;
    return {
      gflops,
      gbs: copied,
      read_gbs: readBack,
      write_gbs: written,
      cached_gbs: cached,
      workgroup_gbs: shared,
      fastest_gbs: Math.max(copied, written, readBack, cached),
      ...(halves === undefined ? {} : { f16_gflops: halves }),
      canary_ms: 1000 / gflops,
    };
  } finally {
    engine.dispose();
  }
}
