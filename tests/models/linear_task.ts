import { RandomStream } from "../../datasets/random.ts";
import {
  type NamedTensors,
  NonFiniteError,
  type StepRecord,
  type TrainingTask,
} from "../../models/training_task.ts";

/** What a {@link LinearTask} learns from. */
export interface LinearData {
  readonly inputs: number;
  readonly outputs: number;
  /** rows x inputs */
  readonly x: Float32Array<ArrayBuffer>;
  /** rows x outputs */
  readonly y: Float32Array<ArrayBuffer>;
}

/** A task with a known answer: y = W x + noise, numbered by seed. */
export function linearData(rows: number, inputs: number, outputs: number, seed: number): LinearData {
  const random = new RandomStream(seed, 1);
  const draw = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  const x = draw(rows * inputs), weight = draw(outputs * inputs);
  const y = Float32Array.from({ length: rows * outputs }, (_, at) => {
    const row = Math.floor(at / outputs), output = at % outputs;
    let sum = 0.3 * random.normal();
    for (let k = 0; k < inputs; k++) sum += weight[output * inputs + k] * x[row * inputs + k];
    return sum;
  });
  return { inputs, outputs, x, y };
}

/**
 * A linear model with momentum and input dropout keyed by the step, on the host in float32: everything that can go
 * wrong between training loop and model, in a form that takes microseconds.
 */
export class LinearTask implements TrainingTask {
  readonly outputs: number;
  #weight: Float32Array<ArrayBuffer>;
  #momentum: Float32Array<ArrayBuffer>;
  #records: StepRecord[] = [];

  constructor(
    readonly data: LinearData,
    /** Called before every step; may throw. */
    readonly beforeStep: (step: number) => void | Promise<void> = () => {},
  ) {
    this.outputs = data.outputs;
    this.#weight = new Float32Array(data.inputs * data.outputs);
    this.#momentum = new Float32Array(this.#weight.length);
  }

  async step(rows: Uint32Array, { step, learningRate }: { step: number; learningRate: number }) {
    await this.beforeStep(step);
    const { inputs, outputs, x, y } = this.data;
    const gradient = new Float32Array(this.#weight.length);
    const keep = Float32Array.from(
      { length: inputs },
      (_, k) => new RandomStream(7, step, k).uniform() < 0.1 ? 0 : 1 / 0.9,
    );
    let loss = 0;
    for (const row of rows) {
      for (let output = 0; output < outputs; output++) {
        let sum = 0;
        for (let k = 0; k < inputs; k++) {
          sum += this.#weight[output * inputs + k] * keep[k] * x[row * inputs + k];
        }
        const error = sum - y[row * outputs + output];
        loss += error * error / (rows.length * outputs);
        for (let k = 0; k < inputs; k++) {
          gradient[output * inputs + k] += 2 * error * keep[k] * x[row * inputs + k] /
            (rows.length * outputs);
        }
      }
    }
    gradient.forEach((value, at) => {
      this.#momentum[at] = 0.9 * this.#momentum[at] + value;
      this.#weight[at] -= learningRate * this.#momentum[at];
    });
    this.#records.push({ step, loss, gradientNorm: Math.hypot(...gradient) });
  }

  readLosses(): Promise<StepRecord[]> {
    const records = this.#records;
    this.#records = [];
    const bad = records.find(({ loss }) => !Number.isFinite(loss));
    if (bad) return Promise.reject(new NonFiniteError(`step ${bad.step}: not finite.`, bad.step, "loss"));
    return Promise.resolve(records);
  }

  predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    const { inputs, outputs, x } = this.data;
    return Promise.resolve(Float32Array.from({ length: rows.length * outputs }, (_, at) => {
      const row = rows[Math.floor(at / outputs)], output = at % outputs;
      let sum = 0;
      for (let k = 0; k < inputs; k++) sum += this.#weight[output * inputs + k] * x[row * inputs + k];
      return sum;
    }));
  }

  parameters(): Promise<NamedTensors> {
    return Promise.resolve(new Map([["weight", this.#tensor(this.#weight)]]));
  }

  optimizerState(): Promise<NamedTensors> {
    return Promise.resolve(new Map([["exp_avg.weight", this.#tensor(this.#momentum)]]));
  }

  #tensor(data: Float32Array<ArrayBuffer>) {
    return { shape: [this.data.outputs, this.data.inputs], dtype: "F32" as const, data: data.slice() };
  }

  restore(parameters: NamedTensors, optimizer?: NamedTensors): void {
    const weight = parameters.get("weight");
    if (!(weight?.data instanceof Float32Array)) throw new Error("the checkpoint lacks weight.");
    this.#weight = weight.data.slice();
    const momentum = optimizer?.get("exp_avg.weight")?.data;
    if (momentum instanceof Float32Array) this.#momentum = momentum.slice();
  }

  memory() {
    return { resident: 0, peak: 0 };
  }

  dispose() {}
}
