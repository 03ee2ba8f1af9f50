import { writeFileAtomic } from "../write_file_atomic.ts";
import {
  safetensorsChunks,
  type SafetensorsMetadata,
  safetensorsPieces,
  type TensorPieces,
} from "./safetensors.ts";
import type { StoredTensor } from "./stored_tensor.ts";

/**
 * Writes tensors to a safetensors file: beside it, fsynced, then renamed over it, tensor by tensor without a second
 * copy in memory. The bytes are those of `writeSafetensors`.
 * @throws {CheckpointError} when a tensor cannot be written; the old file stays as it was.
 */
export async function saveSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: SafetensorsMetadata,
): Promise<void> {
  await writeFileAtomic(path, safetensorsChunks(tensors, metadata));
}

/**
 * Writes tensors that are not in memory, in the same way and to the same bytes.
 * @throws {CheckpointError} when a tensor's pieces are not as long as its shape says; the old file stays as it was.
 */
export async function saveSafetensorsPieces(
  path: string,
  tensors: ReadonlyMap<string, TensorPieces>,
  metadata?: SafetensorsMetadata,
): Promise<void> {
  await writeFileAtomic(path, safetensorsPieces(tensors, metadata));
}
