import type { DeviceTask } from "../../models/device_task.ts";
import type { PreparedModel } from "./model_case.ts";

/** A training task as a model to measure: every step the same rows, so that one plan is replayed. */
export function taskModel<Inputs>(
  task: DeviceTask<Inputs>,
  rows: Uint32Array,
  learningRate: number,
  sizes: Readonly<Record<string, number>>,
): PreparedModel {
  return {
    sizes: { ...sizes, batch: rows.length },
    batch: rows.length,
    parameters: task.parametersOnDevice.trainableCount,
    train: (step) => task.step(rows, { step, learningRate }),
    infer: async () => void await task.predict(rows),
    profile: (step) => task.profile(rows, step, learningRate),
    dispose: () => task.dispose(),
  };
}

/** The first rows of a training part, as many as a batch takes, in ascending order. */
export function firstRows(count: number, available: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: Math.min(count, available) }, (_, k) => k);
}
