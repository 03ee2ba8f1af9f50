import type { Dispatch, Uniforms } from "../../engine/mod.ts";
import { type Roofline, rooflineShare } from "../roofline/roofline.ts";
import { quantile } from "../statistics.ts";
import type { RecordedTrace } from "./trace_recorder.ts";

/** What holds a dispatch up. */
export type Limiter = "launch" | "memory" | "arithmetic";

/** One dispatch of a training step, over all traced steps. */
export interface ProfiledCall {
  readonly kernel: string;
  /** Which of the kernel's dispatches, from 1: what `kernel dump --call` takes. */
  readonly call: number;
  readonly phase: string;
  readonly operation: string;
  /** Prefix of the parameters that it binds; null where it binds none. */
  readonly layer: string | null;
  readonly sizes: string;
  /** The same by name. */
  readonly uniforms: Uniforms;
  /** What it writes, as the step names it. */
  readonly writes: string;
  /** What it reads and does not write. */
  readonly reads: string;
  /** Median of the steps. */
  readonly ms: number;
  readonly flops: number;
  readonly bytes: number;
  readonly roofline_share: number | null;
  readonly ms_above_roofline: number | null;
  readonly limiter: Limiter | null;
}

/** A dispatch of less than so many times the shortest is all launch. */
const launchFactor = 3;

/** Every dispatch of the traced training steps, in order; none without kernel times. */
export function profiledCalls({ replays }: RecordedTrace, roofline: Roofline | undefined): ProfiledCall[] {
  const steps = replays.filter(({ step, device }) => step !== undefined && device && device.length > 0);
  const [first] = steps;
  if (!first) return [];
  const same = steps.filter(({ dispatches }) => dispatches.length === first.dispatches.length);
  const times = first.dispatches.map((_, k) =>
    quantile(same.map(({ device }) => Number(device![k].end - device![k].begin) / 1e6), 0.5)
  );
  const shortest = Math.min(...times.filter((ms) => ms > 0));
  const seen = new Map<string, number>();
  return first.dispatches.map((dispatch, k): ProfiledCall => {
    const { kernel, compiled, uniforms, phase, operation } = dispatch;
    const call = (seen.get(kernel.name) ?? 0) + 1;
    seen.set(kernel.name, call);
    const [flops, bytes, ms] = [kernel.flops(uniforms), kernel.bytes(uniforms), times[k]];
    const rates = { gflops: flops / (1e6 * ms), gbs: bytes / (1e6 * ms) };
    const share = roofline && ms > 0 ? rooflineShare(rates, roofline) : null;
    return {
      kernel: kernel.name,
      call,
      phase,
      operation,
      layer: layerOf(dispatch),
      sizes: compiled.layout.fields.map(({ name }) => `${name}=${shortNumber(uniforms[name])}`).join(" "),
      uniforms,
      writes: tensorsOf(dispatch, true),
      reads: tensorsOf(dispatch, false),
      ms,
      flops,
      bytes,
      roofline_share: share,
      ms_above_roofline: share === null ? null : ms * Math.max(0, 1 - share),
      limiter: !roofline
        ? null
        : ms < launchFactor * shortest
        ? "launch"
        : rates.gflops / roofline.gflops > rates.gbs / roofline.gbs
        ? "arithmetic"
        : "memory",
    };
  });
}

/** Tensors that a dispatch writes, or only reads, once each: what a kernel does not need here is bound to a stand-in. */
function tensorsOf({ bindings }: Dispatch, written: boolean): string {
  return [...new Set(bindings.filter(({ writes }) => writes === written).map(({ tensor }) => String(tensor)))]
    .join(", ");
}

/** The layer whose parameters, or their gradients, a dispatch binds: their common name without its last part. */
export function layerOf({ bindings }: Pick<Dispatch, "bindings">): string | null {
  for (const { tensor: { label } } of bindings) {
    const [, key] = label.match(/([\w-]+(?:\.[\w-]+)+)/) ?? [];
    if (key) return key.slice(0, key.lastIndexOf("."));
  }
  return null;
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
