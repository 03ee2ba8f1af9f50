import type { Matrix } from "../datasets/dataset.ts";
import type { Engine, InputData, ParameterSpec, Step, Tensor } from "../engine/mod.ts";
import { mseLoss } from "../engine/ops/mse_loss.ts";
import { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "./device_task.ts";
import { torchDefaultValues } from "./initialisers.ts";
import type { Lookup } from "./lookup.ts";

/** A network whose inputs are rows of numbers. */
export interface RowNetwork<Name extends string> {
  /** Names it in plans and messages. */
  readonly name: string;
  /** What it looks at, by name; one row a row of the data. */
  readonly inputs: Readonly<Record<Name, Matrix>>;
  /** True values; absent where only predictions are wanted. */
  readonly truth?: Matrix;
  /** Values predicted a row. */
  readonly outputs: number;
  /** Shapes of its parameters by their state_dict keys; they start as PyTorch's linear layers do. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** Records the network over a batch: inputs [rows, columns] to predictions [rows, outputs]. */
  forward(
    step: Step,
    parameter: Lookup,
    inputs: Readonly<Record<Name, Tensor>>,
    mode: { readonly train: boolean },
  ): Tensor;
}

/**
 * The task of a network whose inputs are rows of numbers, trained by the mean squared error. A network with molecules, packed or
 * ragged inputs, or another loss extends `DeviceTask` itself.
 *
 * @example
 * ```ts ignore
 * const task = rowNetworkTask(await options.engine(), deviceTraining(options), { name: "linear", ... });
 * return networkPredictor(task, options);
 * ```
 */
export function rowNetworkTask<Name extends string>(
  engine: Engine,
  training: DeviceTraining,
  network: RowNetwork<Name>,
): DeviceTask<unknown> {
  return new RowNetworkTask(engine, training, network);
}

interface Batch<Name extends string> {
  readonly inputs: Record<Name, Tensor>;
  readonly target?: Tensor;
}

class RowNetworkTask<Name extends string> extends DeviceTask<Batch<Name>> {
  readonly #names: readonly Name[];

  constructor(engine: Engine, training: DeviceTraining, readonly network: RowNetwork<Name>) {
    const specs = Object.entries(network.parameters).map(([key, shape]): ParameterSpec => ({
      key,
      shape,
      kind: "parameter",
      trainable: true,
    }));
    const initial = (spec: ParameterSpec) => torchDefaultValues(spec, specs, training.seed);
    super(engine, network.name, network.outputs, specs, training, initial);
    this.#names = Object.keys(network.inputs) as Name[];
  }

  protected override shapeOf(_pass: Pass, rows: Uint32Array): string {
    return String(rows.length);
  }

  protected override record(step: Step, pass: Pass, { length }: Uint32Array): RecordedPass<Batch<Name>> {
    const { network } = this;
    const train = pass === "train";
    const inputs = Object.fromEntries(
      this.#names.map((name) => [name, step.input([length, network.inputs[name].columns], name)]),
    ) as Record<Name, Tensor>;
    const target = train ? step.input([length, network.outputs], "target") : undefined;
    const output = network.forward(step, (key) => this.parametersOnDevice.get(key), inputs, { train });
    return {
      output,
      loss: target && mseLoss(step, { prediction: output, target }),
      inputs: { inputs, target },
    };
  }

  protected override values({ inputs, target }: Batch<Name>, _pass: Pass, rows: Uint32Array): InputData {
    const { network } = this;
    const values = new Map(this.#names.map((name) => [inputs[name], network.inputs[name].take(rows)]));
    if (!target) return values;
    if (!network.truth) throw new Error(`${network.name}: these data have no true values to train on.`);
    return values.set(target, network.truth.take(rows));
  }
}
