import {
  type Dispatch,
  type Engine,
  type EngineObserver,
  type InputData,
  type ObservedPlan,
  type PassTime,
  type ReplayTimes,
  Timestamps,
} from "../../engine/mod.ts";

/** One replay as it was seen. */
export interface TracedReplay {
  readonly plan: string;
  /** Training step, counted from 1; undefined for a replay that does not train. */
  readonly step: number | undefined;
  readonly host: ReplayTimes;
  readonly dispatches: readonly Dispatch[];
  /** By dispatch, on the device's clock; undefined without timestamp queries. */
  readonly device: readonly PassTime[] | undefined;
  /** Bytes of all device buffers at its submit. */
  readonly residentBytes: number;
}

/** One read-back: the host waits for it. */
export interface TracedRead {
  readonly bytes: number;
  readonly begun: number;
  readonly done: number;
}

/** What a recorder has seen. */
export interface RecordedTrace {
  readonly adapter: string;
  readonly replays: readonly TracedReplay[];
  readonly reads: readonly TracedRead[];
}

/** Records the replays and read-backs of an engine from the first traced training step on, until enough are seen. */
export class TraceRecorder implements EngineObserver {
  /** Timestamps are read when the program is over. */
  readonly keepsDevice = true;
  readonly #replays: (Omit<TracedReplay, "device"> & { readonly stamps: Timestamps | undefined })[] = [];
  readonly #reads: TracedRead[] = [];
  #engine: Engine | undefined;
  #steps = 0;

  /** Leaves `warmup` training steps out, records `steps`, and calls `enough`, which ends the program by throwing. */
  constructor(
    readonly options: { readonly warmup: number; readonly steps: number; readonly enough: () => never },
  ) {}

  /** The engine to watch. */
  attach(engine: Engine): void {
    this.#engine = engine;
  }

  get #recording(): boolean {
    return this.#steps > this.options.warmup;
  }

  /** Counts training steps. */
  beforeReplay(plan: ObservedPlan, _inputs: InputData): void {
    if (!trains(plan)) return;
    if (++this.#steps > this.options.warmup + this.options.steps) this.options.enough();
  }

  /** One pass a dispatch, where the adapter can time it. */
  timestamps(plan: ObservedPlan): Timestamps | undefined {
    const device = this.#engine?.device;
    if (!this.#recording || !device?.hasTimestamps) return undefined;
    return new Timestamps(device, plan.dispatches.length);
  }

  /** Keeps the host's times. */
  afterReplay(plan: ObservedPlan, host: ReplayTimes, stamps: Timestamps | undefined): void {
    if (!this.#recording) return;
    const step = trains(plan) ? this.#steps - this.options.warmup : undefined;
    const residentBytes = this.#engine?.device.memory.resident ?? 0;
    this.#replays.push({ plan: plan.name, step, host, dispatches: plan.dispatches, stamps, residentBytes });
  }

  /** Keeps a wait. */
  afterRead(bytes: number, begun: number, done: number): void {
    if (this.#recording) this.#reads.push({ bytes, begun, done });
  }

  /** Reads the timestamps and closes the device. Once, after the program. */
  async finish(): Promise<RecordedTrace> {
    const reads = [...this.#reads];
    const replays: TracedReplay[] = [];
    for (const { stamps, ...replay } of this.#replays) {
      replays.push({ ...replay, device: await stamps?.read() });
    }
    const adapter = this.#engine?.device.description ?? "";
    this.#engine?.device.close();
    return { adapter, replays, reads };
  }
}

function trains(plan: ObservedPlan): boolean {
  return plan.dispatches.some(({ phase }) => phase === "update");
}
