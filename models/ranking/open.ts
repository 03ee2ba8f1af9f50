import type { BadgerData } from "../../datasets/badger/types.ts";
import type { DeviceTraining } from "../device_task.ts";
import type { OpenOptions } from "../model.ts";
import { deviceTraining } from "../network_predictor.ts";

/** What the tasks of all gene rankers are opened with. */
export function commonOptions(
  options: OpenOptions<unknown, BadgerData>,
): { data: BadgerData; trainRows: Uint32Array; training: DeviceTraining } {
  return { data: options.data.inputs, trainRows: options.split.train, training: deviceTraining(options) };
}
