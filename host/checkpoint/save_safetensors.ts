import { writeFileAtomic } from "../write_file_atomic.ts";
import { safetensorsChunks, type SafetensorsMetadata } from "./safetensors.ts";
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
