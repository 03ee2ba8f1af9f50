import { RunStore, type SavedRun } from "../run_store.ts";
import type { TrainState } from "../train_state.ts";
import type { HostTensor, NamedTensors, TrainingTask } from "../training_task.ts";
import { bytesOf, type Communicator, fromFirst, gatherJson, toFirst } from "./communicator.ts";

const arrays = { F32: Float32Array, I32: Int32Array, I64: BigInt64Array } as const;

/**
 * The store of a training that several processes share: rank 0 alone reads and writes the run folder, the others get what it has read
 * and write nothing. Where a state is saved, all ranks stand at the same parameters afterwards: those of rank 0. The optimiser too is
 * the same on all, unless they step by themselves: then the state holds everyone's, those of rank N under `rankN.NAME`.
 */
export class SharedStore extends RunStore {
  /** What others hold of the run's result: nobody asks them for it. */
  #last: NamedTensors = new Map();

  /**
   * @param run its folder, into which only rank 0 looks; absent: nothing is kept.
   * @param local whether ranks step by themselves.
   */
  constructor(
    readonly run: string | undefined,
    readonly communicator: Communicator,
    readonly task: TrainingTask,
    readonly local: boolean,
  ) {
    super(run ?? "");
  }

  get #first(): boolean {
    return this.communicator.rank === 0;
  }

  get #writes(): boolean {
    return this.#first && this.run !== undefined;
  }

  override async flush(): Promise<number> {
    return this.#writes ? await super.flush() : 0;
  }

  override record(line: Parameters<RunStore["record"]>[0]): void {
    if (this.#writes) super.record(line);
  }

  override async load(): Promise<SavedRun | undefined> {
    const saved = this.#writes ? await super.load() : undefined;
    const received = await fromFirst(this.communicator, this.#first ? packed(saved) : undefined);
    const all = this.#first ? saved : unpacked(received);
    this.#last = all?.parameters ?? this.#last;
    return all && { ...all, optimizer: ofRank(all.optimizer, this.communicator.rank) };
  }

  override async result(): Promise<NamedTensors> {
    return this.#writes ? await super.result() : this.#last;
  }

  override async save(
    state: Omit<TrainState, "metricsBytes">,
    parameters: NamedTensors,
    optimizer: NamedTensors,
  ): Promise<TrainState> {
    const own = { state: { ...state, metricsBytes: 0 }, parameters, optimizer };
    const sums = await gatherJson(
      this.communicator,
      await checksum(packed(this.local ? { ...own, optimizer: new Map() } : own)),
    );
    if (sums.some((sum) => sum !== sums[0])) {
      // Adapters of several kinds round differently: from here on all are where the run can be resumed from.
      const first = unpacked(await fromFirst(this.communicator, this.#first ? packed(own) : undefined))!;
      if (!this.#first) this.task.restore(first.parameters, this.local ? optimizer : first.optimizer);
    }
    const all = this.local ? await this.#ofAllRanks(own) : optimizer;
    return this.#writes ? await super.save(state, parameters, all) : own.state;
  }

  /** Everyone's optimiser, for rank 0. The outer momentum is the same on all and stands there once. */
  async #ofAllRanks(own: SavedRun): Promise<NamedTensors> {
    const all = await toFirst(this.communicator, packed({ ...own, parameters: new Map() }));
    return new Map(all.flatMap((bytes, rank) => {
      const { optimizer } = unpacked(bytes)!;
      if (rank === 0) return [...optimizer];
      return [...optimizer].filter(([name]) => !name.startsWith("outer.")).map((
        [name, tensor],
      ): [string, HostTensor] => [`rank${rank}.${name}`, tensor]);
    }));
  }
}

/** What of a saved optimiser is one rank's: all of it, or where each has its own, that and the outer momentum. */
function ofRank(optimizer: NamedTensors, rank: number): NamedTensors {
  const owned = /^rank(\d+)\.(.*)$/;
  if (!optimizer.keys().some((name) => owned.test(name))) return optimizer;
  return new Map([...optimizer].flatMap(([name, tensor]): [string, HostTensor][] => {
    const [, owner = 0, rest = name] = owned.exec(name) ?? [];
    return Number(owner) === rank || rest.startsWith("outer.") ? [[rest, tensor]] : [];
  }));
}

interface Listed {
  readonly of: "parameters" | "optimizer";
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: HostTensor["dtype"];
  readonly bytes: number;
}

/** A state as bytes: the length of a list, the list as JSON, the tensors. */
function packed(saved: SavedRun | undefined): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [], list: Listed[] = [];
  for (const  of of["parameters", "optimizer"] as const) {
    for (const [name, { shape, dtype, data }] of saved?.[of] ?? []) {
      const bytes = bytesOf(data);
      list.push({ of, name, shape, dtype, bytes: bytes.length });
      parts.push(bytes);
    }
  }
  const head = new TextEncoder().encode(JSON.stringify(saved ? { state: saved.state, list } : null));
  const all = new Uint8Array(4 + head.length + parts.reduce((sum, { length }) => sum + length, 0));
  new DataView(all.buffer).setUint32(0, head.length, true);
  let at = 4;
  for (const part of [head, ...parts]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function unpacked(bytes: Uint8Array<ArrayBuffer>): SavedRun | undefined {
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
  if (head === null) return undefined;
  const saved = { state: head.state as TrainState, parameters: new Map(), optimizer: new Map() };
  for (const { of, name, shape, dtype, bytes: length } of head.list as Listed[]) {
    const data = new arrays[dtype](bytes.slice(at, at + length).buffer);
    saved[of].set(name, { shape, dtype, data } as HostTensor);
    at += length;
  }
  return saved;
}

async function checksum(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
