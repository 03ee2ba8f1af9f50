import type { Phase } from "./dispatch.ts";

/** One profiled dispatch. */
export interface KernelTiming {
  /** Name of the kernel. */
  readonly kernel: string;
  /** Operation that recorded it. */
  readonly operation: string;
  /** Part of the step. */
  readonly phase: Phase;
  /** Milliseconds since the first dispatch of the step began. */
  readonly start: number;
  /** Device time. */
  readonly milliseconds: number;
  /** Floating-point operations, by the kernel's cost model. */
  readonly flops: number;
  /** Bytes that must cross memory, by the kernel's cost model. */
  readonly bytes: number;
}

/** All dispatches of one kernel in one phase, summed. */
export interface KernelSummary {
  /** Name of the kernel. */
  readonly kernel: string;
  /** Part of the step. */
  readonly phase: Phase;
  /** Dispatches summed here. */
  readonly calls: number;
  /** Device time. */
  readonly milliseconds: number;
  /** Part of the step's device time, 0 to 1. */
  readonly share: number;
  /** 10^9 operations a second. */
  readonly gflops: number;
  /** 10^9 bytes a second. */
  readonly gigabytesPerSecond: number;
}

/** Sums timings by kernel and phase, the slowest first. */
export function summariseTimings(timings: readonly KernelTiming[]): KernelSummary[] {
  const total = timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const groups = Map.groupBy(timings, ({ kernel, phase }) => `${kernel}\n${phase}`);
  return [...groups.values()].map((rows): KernelSummary => {
    const sum = (value: (timing: KernelTiming) => number) => rows.reduce((s, row) => s + value(row), 0);
    const milliseconds = sum((row) => row.milliseconds);
    return {
      kernel: rows[0].kernel,
      phase: rows[0].phase,
      calls: rows.length,
      milliseconds,
      share: total > 0 ? milliseconds / total : 0,
      gflops: sum((row) => row.flops) / (1e6 * milliseconds || Infinity),
      gigabytesPerSecond: sum((row) => row.bytes) / (1e6 * milliseconds || Infinity),
    };
  }).sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Timings as Chrome Trace Event JSON: opens in Perfetto, speedscope and chrome://tracing. */
export function chromeTrace(timings: readonly KernelTiming[], process: string): string {
  const track = { pid: 1, tid: 1 };
  const traceEvents: unknown[] = [
    { ph: "M", name: "process_name", ...track, args: { name: process } },
    { ph: "M", name: "thread_name", ...track, args: { name: "GPU queue" } },
    ...timings.map(({ kernel, operation, phase, start, milliseconds, flops, bytes }) => ({
      ph: "X",
      name: kernel,
      cat: phase,
      ts: 1000 * start,
      dur: 1000 * milliseconds,
      ...track,
      args: { operation, flops, bytes, gflops: milliseconds > 0 ? flops / (1e6 * milliseconds) : 0 },
    })),
  ];
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents });
}
