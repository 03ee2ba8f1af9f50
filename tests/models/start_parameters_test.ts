import assert from "node:assert/strict";
import type { StoredTensor } from "../../host/checkpoint/stored_tensor.ts";
import { startParameters } from "../../models/start_parameters.ts";
import type { HostTensor } from "../../models/training_task.ts";

const f32 = (...data: number[]): HostTensor => ({
  shape: [data.length],
  dtype: "F32",
  data: Float32Array.from(data),
});

Deno.test("startParameters() lays a network inside another one by prefix, converts types, and skips MAT's generator", () => {
  const own = new Map<string, HostTensor>([
    ["CSG2A.w", f32(0, 0)],
    ["CSG2A.CCE.MAT.lut", f32(0)],
    ["CSG2A.count", { shape: [], dtype: "I64", data: BigInt64Array.of(0n) }],
    ["head", f32(5)],
  ]);
  const given = new Map<string, StoredTensor>([
    ["w", { shape: [2], dtype: "F64", data: Float64Array.of(1.5, -2) }],
    ["lut", { shape: [1], dtype: "F32", data: Float32Array.of(3) }],
    ["count", { shape: [], dtype: "I32", data: Int32Array.of(7) }],
    ["generator.proj.weight", { shape: [1], dtype: "F32", data: Float32Array.of(9) }],
  ]);
  const laid = startParameters(own, given, "a.safetensors");
  assert.deepEqual([...laid.keys()], [...own.keys()]);
  assert.deepEqual(laid.get("CSG2A.w"), f32(1.5, -2));
  assert.deepEqual(laid.get("CSG2A.CCE.MAT.lut"), f32(3));
  assert.deepEqual(laid.get("CSG2A.count")!.data, BigInt64Array.of(7n));
  assert.deepEqual(laid.get("head"), f32(5));
  assert.deepEqual(own.get("CSG2A.w"), f32(0, 0), "the own parameters were changed");
});

Deno.test("startParameters() refuses a tensor without a place, of another shape, and a file without any", () => {
  const own = new Map([["w", f32(0, 0)]]);
  const give = (name: string, ...data: number[]) =>
    startParameters(own, new Map([[name, f32(...data) as StoredTensor]]), "a.safetensors");
  assert.throws(() => give("v", 1, 2), /a\.safetensors, tensor v: this model has no such parameter/);
  assert.throws(() => give("w", 1), /a\.safetensors, tensor w: shape \[1\], expected \[2\]/);
  assert.throws(() => give("generator.w", 1), /a\.safetensors: holds no parameters/);
});
