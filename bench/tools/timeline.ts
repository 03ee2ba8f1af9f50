import type { PassTime } from "../../engine/mod.ts";
import { layerOf } from "./profile_calls.ts";
import type { RecordedTrace } from "./trace_recorder.ts";

/** One event of a Chrome trace. */
export interface TraceEvent {
  readonly ph: "X" | "M" | "C" | "s" | "f";
  readonly name: string;
  readonly cat?: string;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  /** Joins the ends of a flow. */
  readonly id?: number;
  /** "e": a flow ends in the event around it. */
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, unknown>>;
}

const host = { pid: 1, tid: 1 } as const;
const queue = { pid: 1, tid: 2 } as const;
const layers = { pid: 1, tid: 3 } as const;

/**
 * A recorded trace as Chrome trace events with a host and a GPU track.
 *
 * The two clocks are set to one another by a single shift for the whole trace: the least that starts no kernel before
 * its submit began. Kernels may in truth have started later than shown, by at most the shortest delay of all submits.
 */
export function traceEvents({ adapter, replays, reads }: RecordedTrace, process: string): TraceEvent[] {
  const origin = Math.min(...replays.map((replay) => replay.host.begun), ...reads.map(({ begun }) => begun));
  const onHost = (
    name: string,
    cat: string,
    begun: number,
    done: number,
    args?: TraceEvent["args"],
  ): TraceEvent => ({
    ph: "X",
    name,
    cat,
    ...interval(1000 * (begun - origin), 1000 * (done - origin)),
    ...host,
    args,
  });
  const events: TraceEvent[] = [
    { ph: "M", name: "process_name", ...host, args: { name: process } },
    { ph: "M", name: "thread_name", ...host, args: { name: "host" } },
    { ph: "M", name: "thread_name", ...queue, args: { name: `GPU queue (${adapter})` } },
    { ph: "M", name: "thread_name", ...layers, args: { name: "GPU queue by layer" } },
  ];
  const shift = deviceShift(replays);
  for (const [replay, { plan, step, host: times, dispatches, device, residentBytes }] of replays.entries()) {
    const { begun, uploaded, encoded, submitted, uploadedBytes } = times;
    const name = step === undefined ? plan : `step ${step}`;
    events.push(
      onHost(name, "replay", begun, submitted, { plan, dispatches: dispatches.length }),
      onHost("upload", "host", begun, uploaded, { bytes: uploadedBytes }),
      onHost("record", "host", uploaded, encoded),
      onHost("submit", "host", encoded, submitted),
    );
    events.push({
      ph: "C",
      name: "device memory",
      ts: 1000 * (encoded - origin),
      ...host,
      args: { bytes: residentBytes },
    });
    if (device && device.length > 0) {
      const at = (time: bigint) => Number(time) / 1000 + 1000 * (shift - origin);
      const flow = { name: "submit to kernel", cat: "flow", id: replay + 1 };
      events.push(
        { ph: "s", ...flow, ts: 1000 * (encoded - origin), ...host },
        { ph: "f", bp: "e", ...flow, ts: Math.max(at(device[0].begin), 1000 * (encoded - origin)), ...queue },
        ...layerSpans(dispatches, device, at),
      );
    }
    device?.forEach(({ begin, end }, k) => {
      const { kernel, uniforms, operation, phase } = dispatches[k];
      const start = Number(begin) / 1000 + 1000 * (shift - origin);
      events.push({
        ph: "X",
        name: kernel.name,
        cat: phase,
        ...interval(start, start + Number(end - begin) / 1000),
        ...queue,
        // What is the same from step to step only: viewers tell events apart by name and arguments.
        args: {
          operation,
          phase,
          workgroups: kernel.workgroups(uniforms).join(" x "),
          flops: kernel.flops(uniforms),
          bytes: kernel.bytes(uniforms),
        },
      });
    });
  }
  for (const { bytes, begun, done } of reads) {
    events.push(onHost("read back", "wait", begun, done, { bytes }));
  }
  return [...events, ...betweens(events)].sort((a, b) =>
    (a.ts ?? -1) - (b.ts ?? -1) || (b.dur ?? 0) - (a.dur ?? 0)
  );
}

/** A span for every run of dispatches of one layer; what binds no parameter belongs to the layer before it. */
function layerSpans(
  dispatches: RecordedTrace["replays"][number]["dispatches"],
  device: readonly PassTime[],
  at: (time: bigint) => number,
): TraceEvent[] {
  const spans: TraceEvent[] = [];
  let [from, name] = [0, "between layers"];
  const close = (to: number) => {
    if (to === from) return;
    spans.push({
      ph: "X",
      name,
      cat: "layer",
      ...interval(at(device[from].begin), at(device[to - 1].end)),
      ...layers,
    });
  };
  dispatches.forEach((dispatch, k) => {
    const phase = `${layerOf(dispatch) ?? name.replace(/, \w+$/, "")}, ${dispatch.phase}`;
    if (phase === name) return;
    close(k);
    [from, name] = [k, phase];
  });
  close(dispatches.length);
  return spans;
}

/**
 * Begin and duration in microseconds, rounded to 1/1024 of one: begin + duration is then exact, and an event that ends
 * with the one around it stays inside. (Viewers lose the nesting over the last bit.)
 */
function interval(from: number, to: number): { ts: number; dur: number } {
  const [begin, end] = [from, to].map((time) => Math.round(1024 * time) / 1024);
  return { ts: begin, dur: Math.max(0, end - begin) };
}

/** What the host does between replays and waits: gathering the next batch, bookkeeping, the program itself. */
function betweens(events: readonly TraceEvent[]): TraceEvent[] {
  const busy = events.filter(({ cat }) => cat === "replay" || cat === "wait").map((
    { ts, dur },
  ) => [ts!, ts! + dur!]);
  busy.sort((a, b) => a[0] - b[0]);
  const gaps: TraceEvent[] = [];
  for (let k = 1; k < busy.length; k++) {
    const [from, to] = [busy[k - 1][1], busy[k][0]];
    if (to - from > 1) {
      gaps.push({ ph: "X", name: "prepare", cat: "host", ts: from, dur: to - from, ...host });
    }
  }
  return gaps;
}

/** Milliseconds to add to the device's clock. */
function deviceShift(replays: RecordedTrace["replays"]): number {
  let shift = -Infinity;
  for (const { host: { encoded }, device } of replays) {
    if (device && device.length > 0) shift = Math.max(shift, encoded - Number(device[0].begin) / 1e6);
  }
  return Number.isFinite(shift) ? shift : 0;
}
