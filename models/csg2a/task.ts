import type { MoleculeGraph, PpiGraph } from "../../datasets/types.ts";
import {
  type Engine,
  type InputData,
  type KernelTiming,
  LossRing,
  Parameters,
  type Plan,
  recordOptimizer,
  type Step,
  type StepValues,
  type Tensor,
} from "../../engine/mod.ts";
import { blockGraph } from "../../engine/ops/csg2a_block.ts";
import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import type { TrainingConfig } from "../run_config.ts";
import { type NamedTensors, NonFiniteError, type StepRecord, type TrainingTask } from "../training_task.ts";
import { initialValues } from "./initialise.ts";
import { csg2a, csg2aFinetuning, type MoleculeTensors, moleculeVectors } from "./network.ts";
import {
  molecularCapacity,
  type MoleculeCapacity,
  packMolecules,
  type PreparedMolecule,
  prepareMolecule,
  tileCount,
} from "./packed_molecules.ts";
import { finetuningSpecs, pretrainingSpecs } from "./parameter_specs.ts";
import { atomFeatureCount, type Csg2aConfig } from "./sizes.ts";

/** Samples of a task: one row a sample. */
export interface Csg2aData {
  /** Number of samples. */
  readonly rows: number;
  /** [rows, genes] */
  readonly basal: Float32Array<ArrayBuffer>;
  /** [rows, genes] perturbed profiles or [rows, 1] ln IC50; absent where only predictions are wanted. */
  readonly target?: Float32Array<ArrayBuffer>;
  /** µM */
  readonly dose: Float32Array;
  /** Hours. */
  readonly time: Float32Array;
  /** Distinct molecules. */
  readonly molecules: readonly MoleculeGraph[];
  /** Row -> index into `molecules`. */
  readonly moleculeOfRow: Uint32Array;
  /** P as CSR rows of ones. */
  readonly ppi: Pick<PpiGraph, "indptr" | "indices">;
}

/** Which network, on which data, trained how. */
export interface Csg2aTaskOptions {
  /** Which network. */
  readonly stage: "pretraining" | "finetuning";
  /** Its switches and sizes. */
  readonly model: Csg2aConfig;
  /** What of the training settings the device must know. */
  readonly training: Pick<TrainingConfig, "seed" | "weightDecay" | "clipNorm" | "batchSize">;
  /** The samples. */
  readonly data: Csg2aData;
}

interface BatchTensors {
  readonly profile: Tensor;
  readonly dose: Tensor;
  readonly time: Tensor;
  readonly index: Tensor;
  readonly starts?: Tensor;
  readonly users?: Tensor;
  readonly target?: Tensor;
  readonly molecules?: MoleculeTensors;
  readonly capacity?: MoleculeCapacity;
}

interface BatchPlan extends BatchTensors {
  readonly plan: Plan;
  readonly output: Tensor;
}

interface PastStep {
  readonly step: number;
  readonly rows: Uint32Array;
  readonly learningRate: number;
}

/** Dose and time reach the network as µM / 100 and hours / 72 (csg2a.md 6.2). */
const doseUnit = 100, timeUnit = 72;

/** Molecules that are encoded together when their vectors are cached. */
const encodeBatch = 64;

/**
 * CSG2A on a device with its data: the network recorded once a shape of batch, and replayed.
 *
 * While MAT is trained it runs once a distinct molecule of the batch. When it is frozen its vectors are computed once
 * a molecule and kept: they depend on nothing else (csg2a.md 2.8).
 */
export class Csg2aTask implements TrainingTask {
  readonly outputs: number;
  /** Parameters, gradients and moments. */
  readonly parametersOnDevice: Parameters;
  readonly #ring: LossRing;
  readonly #molecules: readonly PreparedMolecule[];
  readonly #plans = new Map<string, BatchPlan>();
  readonly #graph: Tensor;
  readonly #graphTransposed: Tensor;
  #cached: Tensor | undefined;
  #cachedIsStale = true;
  #past: PastStep[] = [];
  #steps = 0;

  /** Puts parameters, initialised as released, and the PPI graph on the device. */
  constructor(readonly engine: Engine, readonly options: Csg2aTaskOptions) {
    const { stage, model, data } = options;
    this.outputs = stage === "pretraining" ? model.genes : 1;
    const specs = stage === "pretraining" ? pretrainingSpecs(model) : finetuningSpecs(model);
    this.parametersOnDevice = new Parameters(engine.device, specs);
    for (const spec of specs) {
      if (spec.kind === "counter") continue;
      this.parametersOnDevice.write(spec.key, initialValues(spec, specs, options.training.seed));
    }
    this.#ring = new LossRing(engine.device);
    this.#molecules = data.molecules.map(prepareMolecule);
    const { graph, transposed } = blockGraph(data.ppi.indptr, data.ppi.indices, model.variant);
    this.#graph = engine.constant([graph.length], graph, "PPI graph");
    this.#graphTransposed = engine.constant([transposed.length], transposed, "transposed PPI graph");
  }

  get #cachesMolecules(): boolean {
    return this.options.stage === "finetuning" && this.options.model.frozen;
  }

  /** Uploads a batch and submits one training step. The first batch of a new shape also records its plan. */
  async step(
    rows: Uint32Array,
    { step, learningRate }: { step: number; learningRate: number },
  ): Promise<void> {
    if (this.#past.length === 0 && this.#steps === 0) this.#ring.reset(step);
    await this.#refreshCache();
    const batch = await this.#plan("train", rows);
    batch.plan.replay(this.#inputs(batch, rows), this.#values(step, learningRate));
    this.#past.push({ step, rows, learningRate });
    this.#steps = step + 1;
    this.#countBatch();
  }

  #values(step: number, learningRate: number): StepValues {
    return { step, seed: this.options.training.seed, learningRate };
  }

  #countBatch(): void {
    const { counters } = this.parametersOnDevice;
    const { stage, model } = this.options;
    for (const [key, count] of counters) {
      const still = stage === "finetuning" && key.startsWith("CSG2A.") && model.frozen &&
        model.frozenMode === "eval";
      if (!still) counters.set(key, count + 1n);
    }
  }

  async readLosses(): Promise<StepRecord[]> {
    const records = await this.#ring.read(this.#steps);
    const past = this.#past;
    this.#past = [];
    const bad = records.find(({ halted }) => halted);
    if (bad) throw await this.#autopsy(bad.step, bad.loss, past);
    return records.map(({ step, loss, norm }) => ({ step, loss, gradientNorm: norm }));
  }

  async #autopsy(step: number, loss: number, past: readonly PastStep[]): Promise<NonFiniteError> {
    const record = past.find((other) => other.step === step);
    const batch = record && await this.#plan("train", record.rows);
    const where = batch && await batch.plan.firstNonFinite(
      this.#inputs(batch, record.rows),
      this.#values(step, record.learningRate),
      ({ label }) => /running_(mean|var)$/.test(label),
    );
    return new NonFiniteError(
      `step ${step}: the loss (${loss}) or a gradient is not finite` +
        (where ? `; the first tensor that went bad is ${where}` : "") +
        ". Parameters were left as they were before this step; a lower learning rate or --clip-norm may help.",
      step,
      where,
    );
  }

  async predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    await this.#refreshCache();
    const result = new Float32Array(rows.length * this.outputs);
    const { batchSize } = this.options.training;
    for (let from = 0; from < rows.length; from += batchSize) {
      const chunk = rows.slice(from, from + batchSize);
      const batch = await this.#plan("predict", chunk);
      batch.plan.replay(this.#inputs(batch, chunk), this.engine.still);
      result.set(new Float32Array(await batch.plan.read(batch.output)), from * this.outputs);
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
    const { first, second } = await this.parametersOnDevice.moments();
    const state: NamedTensors = new Map([["step", {
      shape: [],
      dtype: "I64",
      data: BigInt64Array.of(BigInt(this.#steps)),
    }]]);
    for (const { key, shape } of this.parametersOnDevice.specs) {
      const moments = [["exp_avg", first.get(key)], ["exp_avg_sq", second.get(key)]] as const;
      for (const [name, data] of moments) {
        if (data) state.set(`${name}.${key}`, { shape, dtype: "F32", data });
      }
    }
    return state;
  }

  restore(parameters: NamedTensors, optimizer?: NamedTensors): void {
    const device = this.parametersOnDevice;
    for (const { key, kind } of device.specs) {
      const tensor = parameters.get(key);
      if (!tensor) throw new Error(`the checkpoint lacks "${key}".`);
      if (kind === "counter") device.counters.set(key, BigInt(tensor.data[0]));
      else device.write(key, tensor.data as Float32Array<ArrayBuffer>);
    }
    for (const { key, kind, trainable } of device.specs) {
      if (!optimizer || kind !== "parameter" || !trainable) continue;
      const [first, second] = [optimizer.get(`exp_avg.${key}`), optimizer.get(`exp_avg_sq.${key}`)];
      if (!first || !second) throw new Error(`the optimiser state lacks "${key}".`);
      device.writeMoments(
        key,
        first.data as Float32Array<ArrayBuffer>,
        second.data as Float32Array<ArrayBuffer>,
      );
    }
    this.#past = [];
    this.#steps = Number(optimizer?.get("step")?.data[0] ?? 0);
    this.#ring.reset(this.#steps);
    this.#cachedIsStale = true;
  }

  memory(): { resident: number; peak: number } {
    return this.engine.device.memory;
  }

  /** Runs one training step with every kernel timed. It trains like any other step. */
  async profile(rows: Uint32Array, step: number, learningRate: number): Promise<KernelTiming[]> {
    await this.#refreshCache();
    const batch = await this.#plan("train", rows);
    return await batch.plan.profile(this.#inputs(batch, rows), this.#values(step, learningRate));
  }

  /** The plan that a batch of training rows replays, for inspection. */
  async trainingPlan(rows: Uint32Array): Promise<Plan> {
    await this.#refreshCache();
    return (await this.#plan("train", rows)).plan;
  }

  /** Frees parameters and ring; the engine stays. */
  dispose(): void {
    this.parametersOnDevice.dispose();
    this.#ring.dispose();
  }

  #distinct(rows: Uint32Array): number[] {
    return [...new Set(Array.from(rows, (row) => this.options.data.moleculeOfRow[row]))].sort((a, b) =>
      a - b
    );
  }

  #capacity(rows: Uint32Array): MoleculeCapacity | undefined {
    if (this.#cachesMolecules) return undefined;
    const most = Math.min(rows.length, this.#molecules.length);
    return molecularCapacity(this.#distinct(rows).map((m) => this.#molecules[m]), most);
  }

  async #plan(pass: "train" | "predict", rows: Uint32Array): Promise<BatchPlan> {
    const capacity = this.#capacity(rows);
    const key = [pass, rows.length, capacity?.nodes, capacity?.pairs].join(" ");
    const known = this.#plans.get(key);
    if (known) return known;
    const { plan, result } = await this.engine.record(
      `CSG2A ${key}`,
      (step) => this.#record(step, pass, rows.length, capacity),
    );
    const made = { ...result, plan };
    this.#plans.set(key, made);
    return made;
  }

  #record(step: Step, pass: "train" | "predict", batch: number, capacity: MoleculeCapacity | undefined) {
    const { stage, model, training } = this.options;
    const train = pass === "train";
    const p = (key: string) => this.parametersOnDevice.get(key);
    const encoder = stage === "pretraining" ? p : (key: string) => p(`CSG2A.${key}`);
    const tensors: BatchTensors = {
      profile: step.input([batch, model.genes], "basal profile"),
      dose: step.input([batch, 1], "dose"),
      time: step.input([batch, 1], "time"),
      index: step.input([batch], "molecule of each row", "u32"),
      target: train ? step.input([batch, this.outputs], "target") : undefined,
      ...capacity && {
        capacity,
        molecules: moleculeInputs(step, capacity),
        starts: step.input([capacity.molecules + 1], "rows by molecule, starts", "u32"),
        users: step.input([batch], "rows by molecule", "u32"),
      },
    };
    const { molecules, index, starts, users, profile, dose, time, target } = tensors;
    const vectors = molecules ? moleculeVectors(step, encoder, model, molecules) : this.#cached!;
    const molecule = gatherRows(step, { x: vectors, index, starts, users });
    const inputs = {
      profile,
      molecule,
      dose,
      time,
      graph: this.#graph,
      graphTransposed: this.#graphTransposed,
    };
    const frozenMode = { train: train && !(model.frozen && model.frozenMode === "eval") };
    const output = stage === "pretraining"
      ? csg2a(step, p, model, inputs, { train }).prediction
      : csg2aFinetuning(step, p, model, inputs, { train }, frozenMode).logIc50;
    step.keep(output);
    if (target) {
      const loss = mseLoss(step, { prediction: output, target });
      step.backward(loss, this.engine.one);
      recordOptimizer(step, this.parametersOnDevice, loss, this.#ring, {
        kind: "adam",
        weightDecay: training.weightDecay,
        clipNorm: training.clipNorm ?? 0,
      });
    }
    return { ...tensors, output };
  }

  #inputs(batch: BatchPlan, rows: Uint32Array): InputData {
    const { data, model } = this.options;
    const inputs = new Map<Tensor, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>([
      [batch.profile, rowsOf(data.basal, model.genes, rows)],
      [batch.dose, Float32Array.from(rows, (row) => data.dose[row] / doseUnit)],
      [batch.time, Float32Array.from(rows, (row) => data.time[row] / timeUnit)],
    ]);
    if (batch.target) {
      if (!data.target) throw new Error("these data have no target to train on.");
      inputs.set(batch.target, rowsOf(data.target, this.outputs, rows));
    }
    if (!batch.capacity) {
      inputs.set(batch.index, Uint32Array.from(rows, (row) => data.moleculeOfRow[row]));
      return inputs;
    }
    const distinct = this.#distinct(rows);
    const place = new Map(distinct.map((molecule, k) => [molecule, k]));
    const index = Uint32Array.from(rows, (row) => place.get(data.moleculeOfRow[row])!);
    const { starts, users } = invertIndex(index, batch.capacity.molecules);
    inputs.set(batch.index, index).set(batch.starts!, starts).set(batch.users!, users);
    return this.#moleculeInputs(inputs, batch.molecules!, distinct, batch.capacity);
  }

  #moleculeInputs(
    inputs: Map<Tensor, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>,
    tensors: MoleculeTensors,
    molecules: readonly number[],
    capacity: MoleculeCapacity,
  ): InputData {
    const packed = packMolecules(molecules.map((m) => this.#molecules[m]), capacity);
    return inputs
      .set(tensors.features, packed.features)
      .set(tensors.constant, packed.constant)
      .set(tensors.tiles, packed.tiles)
      .set(tensors.starts, packed.starts)
      .set(tensors.moleculeOf, packed.moleculeOf);
  }

  /** Encodes every molecule once, if the encoder is frozen and has changed since (a restore). Waits. */
  async #refreshCache(): Promise<void> {
    if (!this.#cachesMolecules || !this.#cachedIsStale) return;
    const { engine, options: { model } } = this;
    const { width } = model.mat;
    const vectors = new Float32Array(this.#molecules.length * width);
    const encoder = (key: string) => this.parametersOnDevice.get(`CSG2A.${key}`);
    for (let from = 0; from < this.#molecules.length; from += encodeBatch) {
      const chunk = Array.from(
        { length: Math.min(encodeBatch, this.#molecules.length - from) },
        (_, k) => from + k,
      );
      const capacity = molecularCapacity(chunk.map((m) => this.#molecules[m]), chunk.length);
      const { plan, result } = await engine.record("encode molecules", (step) => {
        const tensors = moleculeInputs(step, capacity);
        return { tensors, output: step.keep(moleculeVectors(step, encoder, model, tensors)) };
      });
      plan.replay(this.#moleculeInputs(new Map(), result.tensors, chunk, capacity), engine.still);
      vectors.set(new Float32Array(await plan.read(result.output)), from * width);
    }
    this.#cached ??= engine.constant([this.#molecules.length, width], vectors, "molecule vectors");
    const { buffer } = this.#cached.storage as { buffer: GPUBuffer };
    engine.device.queue.writeBuffer(buffer, 0, vectors);
    this.#cachedIsStale = false;
  }
}

function moleculeInputs(step: Step, capacity: MoleculeCapacity): MoleculeTensors {
  return {
    features: step.input([capacity.nodes, atomFeatureCount], "atom features"),
    constant: step.input([capacity.pairs], "distance and adjacency terms"),
    tiles: step.input([tileCount(capacity), 4], "tiles", "u32"),
    starts: step.input([capacity.molecules + 1], "first node of each molecule", "u32"),
    moleculeOf: step.input([capacity.nodes], "molecule of each node", "u32"),
  };
}

function rowsOf(values: Float32Array, width: number, rows: Uint32Array): Float32Array<ArrayBuffer> {
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, k) => chosen.set(values.subarray(row * width, (row + 1) * width), k * width));
  return chosen;
}
