import { writeFileAtomic } from "../write_file_atomic.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { PickleWriter } from "./pickle_writer.ts";
import { storageClassOf } from "./pytorch_objects.ts";
import { storedZipChunks } from "./stored_zip_writer.ts";
import { bytesOfTensor, checkTensor, type StoredTensor } from "./stored_tensor.ts";

/**
 * Tensors as a PyTorch zip container (PyTorch 1.6 and later; `torch.load` gives an OrderedDict of CPU tensors, also
 * with `weights_only=True`). The bytes depend on the tensors alone.
 * @throws {CheckpointError} naming a tensor whose element type PyTorch's storages do not have.
 */
export function writePytorch(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array<ArrayBuffer> {
  const chunks = [...pytorchChunks(tensors)];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

/** Writes the same bytes to a file: beside it, fsynced, then renamed, without a second copy of the values in memory. */
export async function savePytorch(path: string, tensors: ReadonlyMap<string, StoredTensor>): Promise<void> {
  await writeFileAtomic(path, pytorchChunks(tensors));
}

function pytorchChunks(tensors: ReadonlyMap<string, StoredTensor>): Iterable<Uint8Array<ArrayBuffer>> {
  const text = (content: string) => new TextEncoder().encode(content);
  const storages = [...tensors.values()].map((tensor, i) => ({
    name: `archive/data/${i}`,
    content: bytesOfTensor(tensor),
  }));
  return storedZipChunks([
    { name: "archive/data.pkl", content: pickleStateDict(tensors) },
    { name: "archive/byteorder", content: text("little") },
    ...storages,
    { name: "archive/version", content: text("3\n") },
  ]);
}

/** OrderedDict of name -> _rebuild_tensor_v2(storage, 0, shape, strides, requires_grad = False, OrderedDict()). */
function pickleStateDict(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array<ArrayBuffer> {
  const pickle = new PickleWriter();
  pickle.orderedDict().mark();
  let key = 0;
  for (const [name, tensor] of tensors) {
    checkTensor(name, tensor);
    const storageClass = storageClassOf(tensor.dtype);
    if (!storageClass) {
      throw new CheckpointError(
        `Tensor ${name}: PyTorch has no storage of ${tensor.dtype} elements; convert it to F32 or I64 first.`,
      );
    }
    pickle.text(name).global("torch._utils._rebuild_tensor_v2").mark();
    pickle.mark().text("storage").global(storageClass).text(String(key++)).text("cpu").integer(
      tensor.data.length,
    ).tuple();
    pickle.persistentId().integer(0).integers(tensor.shape).integers(rowMajorStrides(tensor.shape)).no()
      .orderedDict();
    pickle.tuple().reduce();
  }
  return pickle.setItems().finish();
}

function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  // An empty axis counts as one element, as PyTorch does.
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1] * Math.max(1, shape[axis + 1]);
  }
  return strides;
}
