import {
  type Device,
  type Engine,
  type InputData,
  type Parameters,
  Plan,
  type Step,
  type StepValues,
  type Tensor,
} from "../../engine/mod.ts";
import type { NamedTensors } from "../training_task.ts";
import { addUp, bytesOf, type Communicator } from "./communicator.ts";
import { type Bucket, bucketsOf } from "./buckets.ts";
import { type Part, SharedStep, type StepExchange } from "./shared_step.ts";
import { LocalSteps } from "./local_steps.ts";
import type { OuterSettings } from "./outer_step.ts";
import { statisticsOfBatch } from "./statistics_of_batch.ts";

/** How a batch is shared. */
export interface SharingOptions {
  /** Normalise by the statistics of this rank's rows alone. */
  readonly ownNorm?: boolean;
  /** Bytes of gradients that travel together. */
  readonly bucketBytes?: number;
  /** Ranks step by themselves and come together every so many steps; absent: in every step. */
  readonly local?: OuterSettings;
  /** The user asks to stop: told to all ranks with the next step. */
  readonly signal?: AbortSignal;
}

/** What communication has cost so far. */
export interface SharingCost {
  /** Steps. */
  steps: number;
  /** Bytes that this rank has given to others. */
  bytes: number;
  /** Outer steps, where ranks step by themselves in between. */
  outer: number;
  /** Milliseconds between the first byte and the last of every bucket of gradients, or of outer steps. */
  gradients: number;
  /** Milliseconds of them in which nothing else was left to do. */
  exposed: number;
  /** Milliseconds of exchanges in the middle of a step. */
  exchanges: number;
}

/**
 * One batch over several processes: each takes the forward and backward pass of its own rows, gradients are added up in the order of
 * the ranks while the backward pass goes on, and every rank takes the same step of the optimiser.
 *
 * A rank's loss counts by its share of the rows, so that the sum of the ranks' gradients is the gradient of the batch. Where a batch
 * has fewer rows than there are ranks, those without one take its first row with a share of 0.
 */
export class StepSharing {
  /** Upstream of the loss: the rank's share of the batch. */
  readonly weight: Tensor;
  /** Told by any rank: stop after the step under way. */
  readonly stop: AbortController = new AbortController();
  /** For the report. */
  readonly cost: SharingCost = { steps: 0, bytes: 0, outer: 0, gradients: 0, exposed: 0, exchanges: 0 };
  /** Where ranks step by themselves. */
  readonly local: LocalSteps | undefined;
  /** Running statistics as the device has them, which only steps move: none is read back twice. */
  readonly #running = new Map<Tensor, Float32Array<ArrayBuffer>>();
  readonly #constants = new Map<string, Tensor>();
  /** Buffers in which gradients leave the device, by size: the same ones step after step. */
  readonly #staging = new Map<number, GPUBuffer[]>();
  readonly #steps = new WeakMap<Plan, { step: SharedStep; buckets: readonly Bucket[] }>();

  /** Shares the steps of one task with these parameters. */
  constructor(
    readonly engine: Engine,
    readonly communicator: Communicator,
    parameters: Parameters,
    readonly options: SharingOptions = {},
  ) {
    const { local } = options;
    this.local = local && new LocalSteps(communicator, local, parameters);
    this.weight = engine.constant([1], new Float32Array([1]), "share of the batch");
  }

  /** Which rows of a batch are this rank's. */
  partOf(batch: Uint32Array): { readonly rows: Uint32Array; readonly share: number; readonly first: number } {
    const { rank, size } = this.communicator;
    const [first, end] = [rank, rank + 1].map((r) => Math.floor(r * batch.length / size));
    return first === end
      ? { rows: batch.slice(0, 1), share: 0, first: 0 }
      : { rows: batch.slice(first, end), share: (end - first) / batch.length, first };
  }

  /** As `Engine.record`, of a step that is shared. */
  async record<T>(
    name: string,
    parameters: Parameters,
    part: Part,
    build: (step: Step) => T,
  ): Promise<{ plan: Plan; result: T }> {
    const constant = (called: string, shape: readonly number[]) => {
      const key = `${called} ${shape}`;
      const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
      const tensor = this.#constants.get(key) ?? this.engine.constant(shape, values, called);
      this.#constants.set(key, tensor);
      return tensor;
    };
    const step = new SharedStep(this.engine, part, constant, this.options.ownNorm ?? false);
    const result = build(step);
    const plan = await Plan.create(name, step, this.engine.workspace, this.engine.state);
    const buckets = bucketsOf(step, parameters, this.options.bucketBytes ?? 4 << 20);
    this.#steps.set(plan, { step, buckets });
    return { plan, result };
  }

  /** Runs one step with the other ranks. */
  async replay(
    plan: Plan,
    loss: Tensor,
    share: number,
    inputs: InputData,
    values: StepValues,
  ): Promise<void> {
    const { device } = this.engine;
    const { step, buckets } = this.#steps.get(plan)!;
    device.queue.writeBuffer(bufferOf(this.weight), 0, Float32Array.of(share));
    const update = step.dispatches.findIndex(({ phase }) => phase === "update");
    const cuts = [
      ...step.exchanges.map((exchange) => ({ at: exchange.at, exchange })),
      ...buckets.map((bucket) => ({ at: bucket.ready, bucket })),
    ].sort((a, b) => a.at - b.at);
    let done = 0;
    const runTo = (at: number) => {
      // The first range uploads the inputs, even where it is empty.
      if (at > done || done === 0) plan.replayRange(done, at, inputs, values);
      done = at;
    };
    const travels: Promise<void>[] = [];
    let previous = Promise.resolve();
    for (const cut of cuts) {
      runTo(cut.at);
      if ("bucket" in cut) {
        const read = this.#readBucket(cut.bucket);
        // Buckets travel one after the other: every rank sends them in one order.
        previous = previous.then(async () => await this.#travel(cut.bucket, await read));
        // Where an exchange throws first, nobody waits for this: its error must not end the process before that one is said.
        previous.catch(() => {});
        travels.push(previous);
      } else {
        const begun = performance.now();
        await this.#exchange(plan, cut.exchange, share);
        this.cost.exchanges += performance.now() - begun;
      }
    }
    runTo(update);
    await this.#agree(plan, loss, share, values.step);
    const waiting = performance.now();
    await Promise.all(travels);
    this.cost.exposed += performance.now() - waiting;
    runTo(step.dispatches.length);
    this.cost.steps++;
  }

  /** After a step of a rank by itself: together with the others where that is due. Returns whether parameters were changed. */
  async afterLocalStep(local: LocalSteps, step: number, batch: Uint32Array, last: boolean): Promise<boolean> {
    const begun = performance.now();
    const outcome = await local.after(step, batch, last, this.options.signal?.aborted ?? false);
    this.cost.steps++;
    if (!outcome) return false;
    if (outcome.stop) this.stop.abort();
    const taken = performance.now() - begun;
    this.cost.outer++;
    this.cost.bytes += outcome.bytes;
    this.cost.gradients += taken;
    this.cost.exposed += taken;
    return true;
  }

  /** Parameters, running statistics and the optimiser have been replaced. */
  restored(optimizer: NamedTensors | undefined): void {
    this.#running.clear();
    this.local?.restore(optimizer);
  }

  /** Predictions of rows, of which every rank makes a part. */
  async predict(
    rows: Uint32Array,
    outputs: number,
    own: (rows: Uint32Array) => Promise<Float32Array<ArrayBuffer>>,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { rank, size } = this.communicator;
    const each = Math.ceil(rows.length / size);
    const padded = new Float32Array(each * outputs);
    const mine = rows.slice(rank * each, (rank + 1) * each);
    if (mine.length > 0) padded.set(await own(mine));
    return new Float32Array((await this.#gather(bytesOf(padded))).buffer).slice(0, rows.length * outputs);
  }

  /** A bucket's gradients on the host; the copy is submitted now, so that what runs later does not change it. */
  async #readBucket({ ranges, length }: Bucket): Promise<Float32Array<ArrayBuffer>> {
    const { device } = this.engine;
    const free = this.#staging.get(length) ?? [];
    this.#staging.set(length, free);
    const staging = free.pop() ?? device.handle.createBuffer({
      label: "gradients",
      size: 4 * length,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = device.handle.createCommandEncoder({ label: "gradients" });
    let at = 0;
    for (const { buffer, offset, length } of ranges) {
      encoder.copyBufferToBuffer(buffer, offset, staging, at, 4 * length);
      at += 4 * length;
    }
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    free.push(staging);
    return values;
  }

  /** Adds a bucket up over the ranks and puts it back. */
  async #travel(bucket: Bucket, values: Float32Array<ArrayBuffer>): Promise<void> {
    const begun = performance.now();
    const { size } = this.communicator;
    await addUp(this.communicator, values, "gradients");
    let at = 0;
    for (const { buffer, offset, length } of bucket.ranges) {
      this.engine.device.queue.writeBuffer(buffer, offset, values.subarray(at, at + length));
      at += length;
    }
    this.cost.gradients += performance.now() - begun;
    this.cost.bytes += 2 * values.byteLength * (size - 1) / size;
  }

  /** The loss of the batch where the optimiser's record reads it, and whether anyone wants to stop. */
  async #agree(plan: Plan, loss: Tensor, share: number, step: number): Promise<void> {
    const own = new Float64Array(4);
    own.set([await one(plan, loss) * share, this.options.signal?.aborted ? 1 : 0, step, 0]);
    const all = new Float64Array((await this.#gather(bytesOf(own))).buffer);
    let sum = 0;
    for (let rank = 0; rank < this.communicator.size; rank++) {
      sum += all[4 * rank];
      if (all[4 * rank + 1] !== 0) this.stop.abort();
      if (all[4 * rank + 2] !== step) {
        throw new Error(`rank ${rank} is at step ${all[4 * rank + 2]}, this one at step ${step}.`);
      }
    }
    write(this.engine.device, plan, loss, Float32Array.of(sum));
  }

  async #exchange(plan: Plan, exchange: StepExchange, share: number): Promise<void> {
    const { device } = this.engine;
    const { size } = this.communicator;
    if (exchange.kind === "ratio") {
      const [loss, count] = await Promise.all([one(plan, exchange.loss), one(plan, exchange.count)]);
      const counts = new Float64Array(
        (await this.#gather(bytesOf(Float64Array.of(share > 0 && count > 1e-9 ? count : 0)))).buffer,
      );
      const all = counts.reduce((sum, value) => sum + value, 0) * share;
      if (all <= 0) return;
      write(device, plan, exchange.count, Float32Array.of(all));
      return write(device, plan, exchange.loss, Float32Array.of(loss * count / all));
    }
    const own = new Float32Array(await plan.read(exchange.own));
    if (exchange.kind === "sums") {
      const { width, shared } = exchange;
      const sums = new Float64Array(2 * width);
      own.forEach((value, k) => sums[k % (2 * width)] += value);
      const all = new Float64Array((await this.#gather(bytesOf(sums))).buffer);
      const result = new Float32Array(4 * width);
      for (let k = 0; k < 2 * width; k++) {
        let sum = 0;
        for (let rank = 0; rank < size; rank++) sum += all[2 * width * rank + k];
        result[k] = sum * share;
      }
      return write(device, plan, shared, result);
    }
    const { mean, variance, runningMean, runningVariance, momentum } = exchange;
    const before = await Promise.all([this.#held(plan, runningMean), this.#held(plan, runningVariance)]);
    const all = new Float64Array((await this.#gather(bytesOf(ownStatistics(exchange, own, share)))).buffer);
    const batch = statisticsOfBatch(all, exchange.width);
    const moved = [batch.mean, batch.unbiased].map((found, k) =>
      before[k].map((value, column) => (1 - momentum) * value + momentum * found[column])
    );
    this.#running.set(runningMean, moved[0]).set(runningVariance, moved[1]);
    write(device, plan, mean, Float32Array.from(batch.mean));
    write(device, plan, variance, batch.variance);
    write(device, plan, runningMean, moved[0]);
    write(device, plan, runningVariance, moved[1]);
  }

  async #held(plan: Plan, running: Tensor): Promise<Float32Array<ArrayBuffer>> {
    return this.#running.get(running) ?? new Float32Array(await plan.read(running));
  }

  async #gather(own: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    this.cost.bytes += own.length * (this.communicator.size - 1);
    return await this.communicator.gather(own);
  }
}

/** Count, mean and squared deviations of the own rows, by column; a rank without rows of its own counts none. */
function ownStatistics(
  { width, rows, chunk }: Extract<StepExchange, { kind: "statistics" }>,
  own: Float32Array,
  share: number,
): Float64Array<ArrayBuffer> {
  const chunks = own.length / (2 * width);
  const parts = new Float64Array(3 * width * chunks);
  for (let c = 0; c < chunks; c++) {
    const count = share === 0 ? 0 : Math.max(0, Math.min(chunk, rows - c * chunk));
    for (let column = 0; column < width; column++) {
      const at = 2 * (c * width + column);
      parts.set([count, own[at], own[at + 1]], 3 * (c * width + column));
    }
  }
  const { count, mean, squares } = statisticsOfBatch(parts, width);
  const joined = new Float64Array(3 * width);
  for (let column = 0; column < width; column++) {
    joined.set([count[column], mean[column], squares[column]], 3 * column);
  }
  return joined;
}

async function one(plan: Plan, tensor: Tensor): Promise<number> {
  return new Float32Array(await plan.read(tensor))[0];
}

function write(device: Device, plan: Plan, tensor: Tensor, values: Float32Array<ArrayBuffer>): void {
  const { buffer, offset } = plan.location(tensor);
  device.queue.writeBuffer(buffer, offset, values);
}

function bufferOf(tensor: Tensor): GPUBuffer {
  return (tensor.storage as { buffer: GPUBuffer }).buffer;
}
