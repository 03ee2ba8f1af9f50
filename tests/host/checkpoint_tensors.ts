import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Dtype,
  elementCount,
  type StoredTensor,
  tensorFromBytes,
} from "../../host/checkpoint/stored_tensor.ts";

/** Bytes of an element. */
export const widths: Record<Dtype, number> = {
  F32: 4,
  F64: 8,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Any tensor: any element type (of those allowed), any bit pattern, scalars and empty ones too. */
function anyTensor(dtypes: readonly Dtype[]): fc.Arbitrary<StoredTensor> {
  const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...dtypes), shapes, fc.integer()).map(([dtype, shape, seed]) => {
    const bytes = Uint8Array.from(
      { length: elementCount(shape) * widths[dtype] },
      (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 24,
    );
    return tensorFromBytes(dtype, shape, bytes);
  });
}

/** Any tensors by name. */
export function anyTensors(dtypes: readonly Dtype[]): fc.Arbitrary<Map<string, StoredTensor>> {
  // Number-like names on purpose: a plain object would reorder them.
  const names = fc.oneof(fc.nat({ max: 12 }).map(String), fc.string({ minLength: 1, unit: "grapheme" }));
  return fc.array(fc.tuple(names.filter((name) => name !== "__metadata__"), anyTensor(dtypes)), {
    maxLength: 6,
  }).map((pairs) => new Map(pairs));
}

const bytesOf = (tensor: StoredTensor) =>
  new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);

/** Fails unless both hold the same tensors, bit by bit. */
export function assertSameTensors(
  found: ReadonlyMap<string, StoredTensor>,
  expected: ReadonlyMap<string, StoredTensor>,
) {
  for (const [name, tensor] of expected) {
    const other = found.get(name);
    assert.ok(other, name);
    assert.deepEqual([other.dtype, other.shape], [tensor.dtype, tensor.shape]);
    // As bytes: NaN patterns must survive too.
    assert.deepEqual(bytesOf(other), bytesOf(tensor));
  }
  assert.equal(found.size, expected.size);
}

/** A float32 tensor of these values. */
export const float32 = (shape: number[], ...values: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(values),
});

/** Runs `body` in a fresh folder. */
export async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
