import type { Parameters, ParameterSpec } from "../../engine/mod.ts";
import type { NamedTensors, StepRecord } from "../training_task.ts";
import { addUp, bytesOf, type Communicator } from "./communicator.ts";
import { type OuterSettings, outerStep } from "./outer_step.ts";

/** What an outer step tells and costs. */
export interface OuterOutcome {
  /** Whether any rank was asked to stop. */
  readonly stop: boolean;
  /** Bytes that this rank has given to others. */
  readonly bytes: number;
}

/**
 * Training in which every rank steps by itself, on its rows of each batch, and all come together every so many steps: the mean change
 * of the ranks' parameters is the gradient of one Nesterov step. Running statistics become the mean of the ranks'; moments of the
 * optimiser stay each rank's own.
 *
 * Source: DiLoCo (arXiv:2311.08105); with a rate of 1 and no momentum, post-local SGD (arXiv:1808.07217).
 */
export class LocalSteps {
  /** Steps since all ranks had the same parameters. */
  #since = 0;
  /** Parameters and then running statistics that all ranks began with; read when the first step is taken. */
  #start: Float32Array<ArrayBuffer> | undefined;
  #velocity: Float32Array<ArrayBuffer> | undefined;
  /** Losses of the own steps that the others do not know yet, and what share of a batch they are of. */
  #own: StepRecord[] = [];
  readonly #shares = new Map<number, number>();

  /** Of one task. */
  constructor(
    readonly communicator: Communicator,
    readonly settings: OuterSettings,
    readonly parameters: Parameters,
  ) {}

  /** The own rows of a batch; all of it where there are fewer than two for each rank, which BatchNorm needs. */
  rowsOf(batch: Uint32Array): Uint32Array {
    const { rank, size } = this.communicator;
    if (batch.length < 2 * size) return batch;
    const [first, end] = [rank, rank + 1].map((r) => Math.floor(r * batch.length / size));
    return batch.slice(first, end);
  }

  /** Of dropout: no two ranks draw the same. */
  seedOf(seed: number): number {
    return (seed + 0x9e3779b9 * this.communicator.rank) % 2 ** 32;
  }

  /** Before a step. */
  async begin(): Promise<void> {
    this.#start ??= flat([...this.#trainable, ...this.#running], await this.parameters.values());
  }

  /**
   * After a step of the own rows.
   *
   * @param last whether all come together after it in any case.
   * @returns what the outer step brought; undefined: it is not due.
   */
  async after(
    step: number,
    batch: Uint32Array,
    last: boolean,
    asked: boolean,
  ): Promise<OuterOutcome | undefined> {
    const { size } = this.communicator, own = this.rowsOf(batch);
    this.#shares.set(step, own === batch ? 1 / size : own.length / batch.length);
    this.#since++;
    if (!last && (step + 1) % this.settings.every !== 0) return undefined;
    const stop = await this.#agree(step, asked);
    const bytes = await this.#outer();
    this.#since = 0;
    return { stop, bytes };
  }

  /** Losses of steps over all ranks, as far as these have come together. */
  async losses(own: readonly StepRecord[]): Promise<StepRecord[]> {
    this.#own.push(...own);
    if (this.#since > 0) return [];
    const steps = this.#own.splice(0);
    if (steps.length === 0) return steps;
    const parts = steps.flatMap(({ step, loss, gradientNorm }) => {
      const share = this.#shares.get(step) ?? 0;
      return [loss * share, gradientNorm * share];
    });
    this.#shares.clear();
    const all = new Float64Array((await this.communicator.gather(bytesOf(Float64Array.from(parts)))).buffer);
    const mean = (at: number) => {
      let sum = 0;
      for (let from = at; from < all.length; from += parts.length) sum += all[from];
      return sum;
    };
    return steps.map(({ step }, k) => ({ step, loss: mean(2 * k), gradientNorm: mean(2 * k + 1) }));
  }

  /** The outer step's momentum under `outer.KEY`, for a checkpoint. */
  state(): NamedTensors {
    const state: NamedTensors = new Map();
    let at = 0;
    for (const { key, shape, size } of this.#trainable) {
      const data = this.#velocity?.slice(at, at += size);
      if (data) state.set(`outer.${key}`, { shape, dtype: "F32", data });
    }
    return state;
  }

  /** Goes on from a checkpoint, whose parameters have been put back. */
  restore(optimizer: NamedTensors | undefined): void {
    const kept = new Map(
      this.#trainable.flatMap(({ key }) => {
        const tensor = optimizer?.get(`outer.${key}`);
        return tensor ? [[key, tensor.data as Float32Array<ArrayBuffer>]] : [];
      }),
    );
    this.#velocity = kept.size > 0 ? flat(this.#trainable, kept) : undefined;
    this.#start = undefined;
    this.#since = 0;
    this.#own = [];
    this.#shares.clear();
  }

  get #trainable(): Part[] {
    const trainable = new Set(this.parameters.trainableKeys);
    return partsOf(this.parameters.specs.filter(({ key }) => trainable.has(key)));
  }

  get #running(): Part[] {
    return partsOf(this.parameters.specs.filter(({ kind }) => kind === "buffer"));
  }

  /** All are at the same step; whether any was asked to stop. */
  async #agree(step: number, asked: boolean): Promise<boolean> {
    const own = Float64Array.of(step, asked ? 1 : 0);
    const all = new Float64Array((await this.communicator.gather(bytesOf(own))).buffer);
    for (let rank = 0; rank < this.communicator.size; rank++) {
      if (all[2 * rank] !== step) {
        throw new Error(`rank ${rank} is at step ${all[2 * rank]}, this one at step ${step}.`);
      }
    }
    return all.some((value, k) => k % 2 === 1 && value !== 0);
  }

  async #outer(): Promise<number> {
    const { communicator: { size }, communicator, parameters, settings } = this;
    const all = [...this.#trainable, ...this.#running], start = this.#start!;
    const change = flat(all, await parameters.values());
    for (let k = 0; k < change.length; k++) change[k] = start[k] - change[k];
    await addUp(communicator, change);
    for (let k = 0; k < change.length; k++) change[k] /= size;
    const moved = this.#trainable.reduce((sum, { size }) => sum + size, 0);
    this.#velocity ??= new Float32Array(moved);
    outerStep(start.subarray(0, moved), change.subarray(0, moved), this.#velocity, settings);
    for (let k = moved; k < start.length; k++) start[k] -= change[k];
    let at = 0;
    for (const { key, size } of all) parameters.write(key, start.slice(at, at += size));
    return 2 * change.byteLength * (size - 1) / size;
  }
}

/** Which models several processes can train, for those who ask for another. */
export const whoShares =
  "csg2a, csg2a-response, badger, badger-light, mlp and knn take each step over ranks, every network takes steps of its own " +
  "(--sync-every N)";

interface Part {
  readonly key: string;
  readonly shape: readonly number[];
  readonly size: number;
}

function partsOf(specs: readonly ParameterSpec[]): Part[] {
  return specs.map(({ key, shape }) => ({
    key,
    shape,
    size: shape.reduce((product, extent) => product * extent, 1),
  }));
}

function flat(
  parts: readonly Part[],
  values: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const { key, size } of parts) {
    all.set(values.get(key)!, at);
    at += size;
  }
  return all;
}
