import Table from "cli-table3";
import { type KernelTiming, summariseTimings } from "../../engine/mod.ts";
import { type Roofline, rooflineShare } from "../roofline/roofline.ts";
import { quantile } from "../statistics.ts";
import type { RecordedTrace } from "./trace_recorder.ts";

/** One kernel over all traced steps. */
export interface ProfiledKernel {
  readonly kernel: string;
  readonly phase: string;
  /** Of one step. */
  readonly calls: number;
  readonly ms: number;
  /** Of the device's busy time, 0 to 1. */
  readonly share: number;
  readonly gflops: number;
  readonly gbs: number;
  /** Share of what the roofline allows at its operations a byte; null where it was not measured. */
  readonly roofline_share: number | null;
  /** Milliseconds a step that it takes longer than the roofline says. */
  readonly ms_above_roofline: number | null;
}

/** Traced training steps in figures; times are milliseconds a step, medians where there are several. */
export interface ProfileSummary {
  readonly adapter: string;
  readonly steps: number;
  readonly dispatches: number;
  /** From the begin of a step to the begin of the next; null for a single step. */
  readonly ms_step: number | null;
  readonly ms_upload: number;
  readonly ms_record: number;
  readonly ms_submit: number;
  readonly host_us_per_dispatch: number;
  readonly bytes_uploaded: number;
  /** Read-backs in the whole trace, and how long the host waited for them. */
  readonly reads: number;
  readonly ms_waited: number;
  /** Kernels of a step, and the share of the time between its first and last kernel in which none ran. */
  readonly ms_device: number | null;
  readonly device_idle_share: number | null;
  readonly kernels: readonly ProfiledKernel[];
}

/** Sums a trace up over its training steps. */
export function summariseTrace(trace: RecordedTrace, roofline: Roofline | undefined): ProfileSummary {
  const steps = trace.replays.filter(({ step }) => step !== undefined);
  const median = (of: (replay: typeof steps[number]) => number) => quantile(steps.map(of), 0.5);
  const timed = steps.filter(({ device }) => device && device.length > 0);
  const busy = timed.map(({ device }) =>
    device!.reduce((sum, { begin, end }) => sum + Number(end - begin) / 1e6, 0)
  );
  const spans = timed.map(({ device }) => Number(device!.at(-1)!.end - device![0].begin) / 1e6);
  const intervals = steps.slice(1).map(({ host }, k) => host.begun - steps[k].host.begun);
  const dispatches = steps[0]?.dispatches.length ?? 0;
  const record = median(({ host }) => host.encoded - host.uploaded);
  const submit = median(({ host }) => host.submitted - host.encoded);
  return {
    adapter: trace.adapter,
    steps: steps.length,
    dispatches,
    ms_step: intervals.length > 0 ? quantile(intervals, 0.5) : null,
    ms_upload: median(({ host }) => host.uploaded - host.begun),
    ms_record: record,
    ms_submit: submit,
    host_us_per_dispatch: 1000 * (record + submit) / dispatches,
    bytes_uploaded: median(({ host }) => host.uploadedBytes),
    reads: trace.reads.length,
    ms_waited: trace.reads.reduce((sum, { begun, done }) => sum + done - begun, 0),
    ms_device: busy.length > 0 ? quantile(busy, 0.5) : null,
    device_idle_share: busy.length > 0
      ? quantile(busy.map((ms, k) => Math.max(0, 1 - ms / spans[k])), 0.5)
      : null,
    kernels: kernelsOf(timed, roofline),
  };
}

function kernelsOf(timed: RecordedTrace["replays"], roofline: Roofline | undefined): ProfiledKernel[] {
  const timings = timed.flatMap(({ device, dispatches }) =>
    device!.map(({ begin, end }, k): KernelTiming => {
      const { kernel, uniforms, operation, phase } = dispatches[k];
      return {
        kernel: kernel.name,
        operation,
        phase,
        start: 0,
        milliseconds: Number(end - begin) / 1e6,
        flops: kernel.flops(uniforms),
        bytes: kernel.bytes(uniforms),
      };
    })
  );
  return summariseTimings(timings).map(
    ({ kernel, phase, calls, milliseconds, share, gflops, gigabytesPerSecond }) => {
      const ms = milliseconds / timed.length;
      // The two ceilings: which one binds depends on the kernel's operations a byte.
      const reached = roofline && rooflineShare({ gflops, gbs: gigabytesPerSecond }, roofline);
      return {
        kernel,
        phase,
        calls: calls / timed.length,
        ms,
        share,
        gflops,
        gbs: gigabytesPerSecond,
        roofline_share: reached ?? null,
        ms_above_roofline: reached === undefined ? null : ms * Math.max(0, 1 - reached),
      };
    },
  );
}

/** The summary for people: the step, then the kernels by time and by distance from the roofline. */
export function profileTable(summary: ProfileSummary, top: number): string {
  const { steps, ms_step, ms_device, device_idle_share, kernels } = summary;
  const parts = [
    [
      `${steps} training steps on ${summary.adapter}, ${summary.dispatches} dispatches each`,
      ms_step === null ? "" : `step ${figure(ms_step)} ms`,
      ms_device === null
        ? "no kernel times: this adapter has no timestamp queries"
        : `kernels ${figure(ms_device)} ms, ${figure(100 * device_idle_share!)} % idle between them`,
      `host: upload ${figure(summary.ms_upload)} ms (${figure(summary.bytes_uploaded / 1e6)} MB), ` +
      `record ${figure(summary.ms_record)} ms, submit ${figure(summary.ms_submit)} ms, ` +
      `${figure(summary.host_us_per_dispatch)} microseconds a dispatch with timestamps`,
      `${summary.reads} read-backs, ${figure(summary.ms_waited)} ms of waiting in all`,
    ].filter(Boolean).join("\n"),
  ];
  if (kernels.length > 0) parts.push(`By time:\n${kernelTable(kernels.slice(0, top))}`);
  if (kernels.some(({ ms_above_roofline }) => ms_above_roofline !== null)) {
    const farthest = kernels.toSorted((a, b) => b.ms_above_roofline! - a.ms_above_roofline!);
    parts.push(`By distance from the roofline:\n${kernelTable(farthest.slice(0, top))}`);
  }
  return parts.join("\n\n");
}

function kernelTable(kernels: readonly ProfiledKernel[]): string {
  const table = new Table({
    head: ["kernel", "phase", "calls", "ms", "share", "GFLOP/s", "GB/s", "roofline", "ms above it"],
    colAligns: ["left", "left", ...Array(7).fill("right")],
    style: { head: [], border: [], compact: true },
  });
  for (const row of kernels) {
    table.push([
      row.kernel,
      row.phase,
      figure(row.calls),
      figure(row.ms),
      `${figure(100 * row.share)} %`,
      figure(row.gflops),
      figure(row.gbs),
      row.roofline_share === null ? "" : `${figure(100 * row.roofline_share)} %`,
      row.ms_above_roofline === null ? "" : figure(row.ms_above_roofline),
    ]);
  }
  return table.toString();
}

function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-GB") : value.toPrecision(3);
}
