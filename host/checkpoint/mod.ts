/**
 * Checkpoint files: safetensors, and the weight files of PyTorch, which are decoded and never executed.
 *
 * @module
 */
export { CheckpointError } from "./checkpoint_error.ts";
export { openSafetensors, type SafetensorsFile } from "./open_safetensors.ts";
export { type PytorchFile, type PytorchValue, readPytorch, readPytorchFile } from "./pytorch_reader.ts";
export { savePytorch, writePytorch } from "./pytorch_writer.ts";
export {
  readSafetensors,
  readSafetensorsMetadata,
  type SafetensorsMetadata,
  type TensorPieces,
  writeSafetensors,
} from "./safetensors.ts";
export type { SafetensorsEntry } from "./safetensors_header.ts";
export { saveSafetensors, saveSafetensorsPieces } from "./save_safetensors.ts";
export {
  type Dtype,
  type StoredData,
  type StoredDataOf,
  type StoredTensor,
  type TensorMap,
  toFloat32,
} from "./stored_tensor.ts";
