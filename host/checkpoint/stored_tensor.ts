import { CheckpointError } from "./checkpoint_error.ts";

/** More tensors than any model has; a million and a half empty ones would take a minute. */
export const mostTensors = 100_000;

/** Which typed array holds the values of which safetensors element type; BF16 is kept as its 16 bits. */
export interface StoredDataOf {
  /** 32-bit floating point. */
  F32: Float32Array<ArrayBuffer>;
  /** 64-bit floating point. */
  F64: Float64Array<ArrayBuffer>;
  /** IEEE half precision. */
  F16: Float16Array<ArrayBuffer>;
  /** The upper half of a float32's bits. */
  BF16: Uint16Array<ArrayBuffer>;
  /** Signed, 64 bits. */
  I64: BigInt64Array<ArrayBuffer>;
  /** Unsigned, 64 bits. */
  U64: BigUint64Array<ArrayBuffer>;
  /** Signed, 32 bits. */
  I32: Int32Array<ArrayBuffer>;
  /** Unsigned, 32 bits. */
  U32: Uint32Array<ArrayBuffer>;
  /** Signed, 16 bits. */
  I16: Int16Array<ArrayBuffer>;
  /** Unsigned, 16 bits. */
  U16: Uint16Array<ArrayBuffer>;
  /** Signed, 8 bits. */
  I8: Int8Array<ArrayBuffer>;
  /** Unsigned, 8 bits. */
  U8: Uint8Array<ArrayBuffer>;
  /** 0 or 1 in a byte. */
  BOOL: Uint8Array<ArrayBuffer>;
}

/** Element type of a stored tensor, by its safetensors name. */
export type Dtype = keyof StoredDataOf;

/** The values of a stored tensor, whatever their element type. */
export type StoredData = StoredDataOf[Dtype];

/** A tensor as a file holds it: row-major values in their original element type. `shape` is `[]` for a scalar. */
export type StoredTensor<D extends Dtype = Dtype> = {
  [K in D]: { readonly dtype: K; readonly shape: readonly number[]; readonly data: StoredDataOf[K] };
}[D];

/** Tensors by name, in file order. */
export type TensorMap = Map<string, StoredTensor>;

interface TypedArrayConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** Constructor of the array that holds each element type. */
const arrays: { readonly [K in Dtype]: TypedArrayConstructor<StoredDataOf[K]> } = {
  F32: Float32Array,
  F64: Float64Array,
  F16: Float16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Whether `name` is an element type that can be read and written here. */
export function isDtype(name: unknown): name is Dtype {
  return typeof name === "string" && Object.hasOwn(arrays, name);
}

/** Bytes of one element. */
export function bytesPerElement(dtype: Dtype): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** Number of elements of a shape; 1 for a scalar (`[]`). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Little-endian bytes as a tensor. The bytes are not copied where their position allows it, so the tensor
 * may keep the whole file alive.
 */
export function tensorFromBytes(
  dtype: Dtype,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): StoredTensor {
  const width = bytesPerElement(dtype);
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const data = new arrays[dtype](aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
  return { dtype, shape, data } as StoredTensor;
}

/** The bytes of a tensor, not copied. */
export function bytesOfTensor(tensor: StoredTensor): Uint8Array<ArrayBuffer> {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

/**
 * Checks that a tensor's array has the type and the length which its dtype and shape promise.
 * @throws {CheckpointError} naming the tensor otherwise.
 */
export function checkTensor(name: string, tensor: StoredTensor): void {
  if (!isDtype(tensor.dtype)) {
    throw new CheckpointError(
      `Tensor ${name}: element type ${tensor.dtype} is unknown; expected one of ${
        Object.keys(arrays).join(", ")
      }.`,
    );
  }
  if (!(tensor.data instanceof arrays[tensor.dtype])) {
    throw new CheckpointError(
      `Tensor ${name}: ${tensor.dtype} values expected in a ${
        (arrays[tensor.dtype] as { name?: string }).name
      }, ` +
        `found a ${(tensor.data as StoredData).constructor.name}.`,
    );
  }
  const expected = elementCount(tensor.shape);
  if (tensor.data.length !== expected) {
    throw new CheckpointError(
      `Tensor ${name}: ${tensor.data.length} values, expected ${expected} for shape [${
        tensor.shape.join(", ")
      }].`,
    );
  }
}

/**
 * The values of a tensor as float32, whatever their stored type: F16 and BF16 are widened exactly, F64 and
 * integers are rounded to the nearest float32. An F32 tensor's own array is returned, not a copy.
 */
export function toFloat32(tensor: StoredTensor): Float32Array<ArrayBuffer> {
  switch (tensor.dtype) {
    case "F32":
      return tensor.data;
    case "BF16": {
      // A bfloat16 is the upper half of a float32.
      const bits = new Uint32Array(tensor.data.length);
      for (let i = 0; i < bits.length; i++) bits[i] = tensor.data[i] << 16;
      return new Float32Array(bits.buffer);
    }
    case "I64":
    case "U64":
      return Float32Array.from(tensor.data, Number);
    default:
      return Float32Array.from(tensor.data);
  }
}
