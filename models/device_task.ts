import {
  type Engine,
  firstNonFinite,
  type InputData,
  type KernelTiming,
  LossRing,
  Parameters,
  type ParameterSpec,
  type Plan,
  recordOptimizer,
  type RingRecord,
  type Step,
  type StepValues,
  type Tensor,
} from "../engine/mod.ts";
import type { StepSharing } from "./distributed/step_sharing.ts";
import { CheckpointError } from "../host/checkpoint/checkpoint_error.ts";
import type { TrainingSettings } from "./training_settings.ts";
import { requireFinitePredictions, requireFiniteTensor } from "./require_finite.ts";
import {
  type HostTensor,
  type NamedTensors,
  NonFiniteError,
  type StepRecord,
  type TrainingTask,
} from "./training_task.ts";
import { requireRoom } from "./require_room.ts";

/** Whether a pass trains or only predicts. */
export type Pass = "train" | "predict";

/** What of the training settings the device must know. */
export interface DeviceTraining extends Pick<TrainingSettings, "weightDecay" | "clipNorm" | "batchSize"> {
  /** Of initialisation and dropout. */
  readonly seed: number;
}

/** What a recorded pass leaves: its predictions, its loss when it trains, and its inputs. */
export interface RecordedPass<Inputs> {
  /** Predictions, `rows * outputs` values. */
  readonly output: Tensor;
  /** Scalar loss of a training pass. */
  readonly loss?: Tensor;
  /** Tensors that the host fills. */
  readonly inputs: Inputs;
}

/** Plans that a task keeps: shapes of batches beyond these cost their recording again when they return. */
const mostPlans = 64;

interface PastStep {
  readonly step: number;
  readonly rows: Uint32Array;
  readonly learningRate: number;
}

/**
 * A model on a device with its data: its passes recorded once a shape of batch, and replayed.
 *
 * What a model adds: how a batch of rows maps to a shape, what a pass records, and what the host uploads for it.
 */
export abstract class DeviceTask<Inputs> implements TrainingTask {
  /** Parameters, gradients and moments. */
  readonly parametersOnDevice: Parameters;
  readonly #ring: LossRing;
  readonly #plans = new Map<string, RecordedPass<Inputs> & { readonly plan: Plan }>();
  #past: PastStep[] = [];
  #steps = 0;
  /** Other processes take a part of every batch; absent: this one takes all. */
  sharing?: StepSharing;
  /** While a part of a batch is recorded or uploaded: the rows of all processes, which sizes that all must have alike follow from. */
  protected wholeBatch: Uint32Array | undefined;

  /** Puts the parameters on the device, filled by `initial`. */
  constructor(
    readonly engine: Engine,
    readonly name: string,
    readonly outputs: number,
    specs: readonly ParameterSpec[],
    readonly training: DeviceTraining,
    initial: (spec: ParameterSpec) => Float32Array<ArrayBuffer>,
  ) {
    requireRoom(name, engine.device.adapterClass, specs);
    this.parametersOnDevice = new Parameters(engine.device, specs);
    for (const spec of specs) {
      if (spec.kind !== "counter") this.parametersOnDevice.write(spec.key, initial(spec));
    }
    this.#ring = new LossRing(engine.device);
  }

  /** Names the shape of a batch: batches of one shape share a plan. */
  protected abstract shapeOf(pass: Pass, rows: Uint32Array): string;

  /** Records a pass over a batch of that shape. */
  protected abstract record(step: Step, pass: Pass, rows: Uint32Array): RecordedPass<Inputs>;

  /** Host values of the inputs for a batch. */
  protected abstract values(inputs: Inputs, pass: Pass, rows: Uint32Array): InputData;

  /** Brings what is cached on the device up to date with the parameters; called before every step and prediction. */
  protected prepare(): Promise<void> | void {}

  /** Why its batches cannot be shared by several processes, or undefined: nothing but what `SharedStep` takes apart mixes samples. */
  get whyNotShared(): string | undefined {
    return "whether it mixes the samples of a batch was not looked into";
  }

  /** Whether a training step adds one to a counter such as BatchNorm's. */
  protected counts(_key: string): boolean {
    return true;
  }

  /** The parameters have been replaced. */
  protected restored(): void {}

  async step(
    rows: Uint32Array,
    { step, learningRate, last = false }: { step: number; learningRate: number; last?: boolean },
  ): Promise<void> {
    if (this.#past.length === 0 && this.#steps === 0) this.#ring.reset(step);
    await this.prepare();
    const { sharing } = this, local = sharing?.local;
    await local?.begin();
    const own = local?.rowsOf(rows) ?? rows;
    if (sharing && !local) await this.#sharedStep(sharing, rows, this.#stepValues(step, learningRate));
    else {
      const batch = await this.#plan("train", own);
      batch.plan.replay(this.values(batch.inputs, "train", own), this.#stepValues(step, learningRate));
    }
    this.#past.push({ step, rows: own, learningRate });
    this.#steps = step + 1;
    const { counters } = this.parametersOnDevice;
    for (const [key, count] of counters) if (this.counts(key)) counters.set(key, count + 1n);
    if (local && await sharing.afterLocalStep(local, step, rows, last)) this.restored();
  }

  /** The own part of a batch, with the other processes. */
  async #sharedStep(sharing: StepSharing, rows: Uint32Array, values: StepValues): Promise<void> {
    const { rows: own, share, first } = sharing.partOf(rows);
    this.wholeBatch = rows;
    try {
      const key = `shared ${first} of ${rows.length} ${this.shapeOf("train", own)}`;
      const { plan, inputs, loss } = this.#used(key) ?? this.#keep(
        key,
        await sharing.record(
          `${this.name} ${key}`,
          this.parametersOnDevice,
          { batch: rows.length, first, rows: own.length },
          (step) => this.#recorded(step, "train", own, sharing.weight),
        ),
      );
      await sharing.replay(plan, loss!, share, this.values(inputs, "train", own), values);
    } finally {
      this.wholeBatch = undefined;
    }
  }

  #stepValues(step: number, learningRate: number): StepValues {
    const { seed } = this.training;
    return { step, seed: this.sharing?.local?.seedOf(seed) ?? seed, learningRate };
  }

  async readLosses(): Promise<StepRecord[]> {
    const records = await this.#ring.read(this.#steps);
    const past = this.#past;
    this.#past = [];
    const bad = records.find(({ halted }) => halted);
    if (bad) throw await this.#autopsy(bad, past);
    const own = records.map(({ step, loss, norm }) => ({ step, loss, gradientNorm: norm }));
    return await this.sharing?.local?.losses(own) ?? own;
  }

  async #autopsy({ step, loss, norm }: RingRecord, past: readonly PastStep[]): Promise<NonFiniteError> {
    const record = past.find((other) => other.step === step);
    const batch = record && await this.#plan("train", record.rows);
    const where = batch && await firstNonFinite(
      batch.plan,
      this.values(batch.inputs, "train", record.rows),
      this.#stepValues(step, record.learningRate),
      ({ label }) => /running_(mean|var)$/.test(label),
    );
    const cause = Number.isFinite(loss) && Number.isFinite(norm)
      ? `the norm of the gradients (${norm}) is too large to be squared`
      : `the loss (${loss}) or a gradient is not finite`;
    return new NonFiniteError(
      `at step ${step + 1} ${cause}` +
        (where ? `; the first tensor that went bad is ${where}` : "") +
        ". Parameters were left as they were before this step; a lower learning rate or --clip-norm may help.",
      step,
      where,
    );
  }

  async predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    if (this.sharing) return await this.sharing.predict(rows, this.outputs, (own) => this.#predict(own));
    return await this.#predict(rows);
  }

  async #predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    await this.prepare();
    const result = new Float32Array(rows.length * this.outputs);
    const { batchSize } = this.training;
    for (let from = 0; from < rows.length; from += batchSize) {
      const chunk = rows.slice(from, from + batchSize);
      const batch = await this.#plan("predict", chunk);
      batch.plan.replay(this.values(batch.inputs, "predict", chunk), this.engine.still);
      const predicted = new Float32Array(await batch.plan.read(batch.output));
      requireFinitePredictions(predicted, chunk, this.outputs, this.name);
      result.set(predicted, from * this.outputs);
    }
    return result;
  }

  async parameters(): Promise<NamedTensors> {
    const { specs, counters } = this.parametersOnDevice;
    const values = await this.parametersOnDevice.values();
    const state: NamedTensors = new Map();
    for (const { key, shape, kind } of specs) {
      if (kind === "counter") {
        state.set(key, { shape, dtype: "I64", data: BigInt64Array.of(counters.get(key) ?? 0n) });
      } else state.set(key, { shape, dtype: "F32", data: values.get(key)! });
    }
    return state;
  }

  async optimizerState(): Promise<NamedTensors> {
    const { first, second, steps } = await this.parametersOnDevice.moments();
    const state: NamedTensors = new Map([
      ["step", { shape: [], dtype: "I64", data: BigInt64Array.of(BigInt(this.#steps)) }],
    ]);
    for (const { key, shape } of this.parametersOnDevice.specs) {
      const moments = [["exp_avg", first.get(key)], ["exp_avg_sq", second.get(key)]] as const;
      for (const [name, data] of moments) {
        if (data) state.set(`${name}.${key}`, { shape, dtype: "F32", data });
      }
      // Parameters that every step moved have no count of their own.
      const own = steps.get(key) ?? this.#steps;
      if (own !== this.#steps) {
        state.set(`step.${key}`, { shape: [], dtype: "I64", data: BigInt64Array.of(BigInt(own)) });
      }
    }
    for (const [name, momentum] of this.sharing?.local?.state() ?? []) state.set(name, momentum);
    return state;
  }

  restore(parameters: NamedTensors, optimizer?: NamedTensors): void {
    const device = this.parametersOnDevice;
    // All is checked before anything is written: a refused checkpoint changes nothing.
    const values = device.specs.map(({ key, kind, shape }) => {
      const tensor = checkedTensor(parameters, key, shape, `Parameter ${key}`);
      return kind === "counter"
        ? () => void device.counters.set(key, BigInt(tensor.data[0]))
        : () => device.write(key, tensor.data as Float32Array<ArrayBuffer>);
    });
    const moments = !optimizer
      ? []
      : device.specs.filter(({ key }) => device.trainableKeys.includes(key)).map(
        ({ key, shape }) => {
          const [first, second] = ["exp_avg", "exp_avg_sq"].map((moment) =>
            checkedTensor(optimizer, `${moment}.${key}`, shape, `Optimiser state ${moment}.${key}`).data
          );
          const steps = Number((optimizer.get(`step.${key}`) ?? optimizer.get("step"))?.data[0] ?? 0);
          return () =>
            device.writeMoments(
              key,
              first as Float32Array<ArrayBuffer>,
              second as Float32Array<ArrayBuffer>,
              steps,
            );
        },
      );
    for (const write of [...values, ...moments]) write();
    this.#past = [];
    this.#steps = Number(optimizer?.get("step")?.data[0] ?? 0);
    this.#ring.reset(this.#steps);
    this.sharing?.restored(optimizer);
    this.restored();
  }

  memory(): { resident: number; peak: number } {
    return this.engine.device.memory;
  }

  /** Runs one training step with every kernel timed. It trains like any other step. */
  async profile(rows: Uint32Array, step: number, learningRate: number): Promise<KernelTiming[]> {
    await this.prepare();
    const batch = await this.#plan("train", rows);
    return await batch.plan.profile(
      this.values(batch.inputs, "train", rows),
      this.#stepValues(step, learningRate),
    );
  }

  /** The plan that a batch of training rows replays, for inspection; disposed of once many other shapes have been used. */
  async trainingPlan(rows: Uint32Array): Promise<Plan> {
    await this.prepare();
    return (await this.#plan("train", rows)).plan;
  }

  dispose(): void {
    for (const { plan } of this.#plans.values()) plan.dispose();
    this.#plans.clear();
    this.parametersOnDevice.dispose();
    this.#ring.dispose();
  }

  async #plan(pass: Pass, rows: Uint32Array): Promise<RecordedPass<Inputs> & { readonly plan: Plan }> {
    const key = `${pass} ${this.shapeOf(pass, rows)}`;
    return this.#used(key) ?? this.#keep(
      key,
      await this.engine.record(
        `${this.name} ${key}`,
        (step) => this.#recorded(step, pass, rows, this.engine.one),
      ),
    );
  }

  /** The plan of a key, which is now the one that was used last. */
  #used(key: string): (RecordedPass<Inputs> & { readonly plan: Plan }) | undefined {
    const known = this.#plans.get(key);
    if (!known) return undefined;
    this.#plans.delete(key); // to the end: the first is the one that has not been used for longest
    this.#plans.set(key, known);
    return known;
  }

  #keep(
    key: string,
    { plan, result }: { readonly plan: Plan; readonly result: RecordedPass<Inputs> },
  ): RecordedPass<Inputs> & { readonly plan: Plan } {
    if (this.#plans.size >= mostPlans) {
      const [[oldest, { plan }]] = this.#plans;
      plan.dispose();
      this.#plans.delete(oldest);
    }
    const made = { ...result, plan };
    this.#plans.set(key, made);
    return made;
  }

  /** @param upstream gradient of what is minimised with respect to the loss. */
  #recorded(step: Step, pass: Pass, rows: Uint32Array, upstream: Tensor): RecordedPass<Inputs> {
    const recorded = this.record(step, pass, rows);
    step.keep(recorded.output);
    if (recorded.loss) {
      if (upstream !== this.engine.one) step.keep(recorded.loss);
      step.backward(recorded.loss, upstream);
      recordOptimizer(step, this.parametersOnDevice, recorded.loss, this.#ring, {
        kind: "adam",
        weightDecay: this.training.weightDecay,
        clipNorm: this.training.clipNorm ?? 0,
      });
    }
    return recorded;
  }
}

/** A tensor of a checkpoint with the shape that the model has, and finite. @throws {CheckpointError} */
function checkedTensor(
  tensors: NamedTensors,
  key: string,
  shape: readonly number[],
  what: string,
): HostTensor {
  const tensor = tensors.get(key);
  if (tensor?.shape.join() !== shape.join()) {
    const [found, expected] = [tensor?.shape, shape].map((shape) =>
      shape ? `shape [${shape.join(", ")}]` : "none"
    );
    throw new CheckpointError(
      `${what}: the checkpoint has ${found}, expected ${expected}; it is of another model, or the configuration was ` +
        "changed after it was written.",
    );
  }
  requireFiniteTensor(what, tensor);
  return tensor;
}
