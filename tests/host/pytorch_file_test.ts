import assert from "node:assert/strict";
import fc from "fast-check";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { readPytorch } from "../../host/checkpoint/pytorch_reader.ts";
import { writePytorch } from "../../host/checkpoint/pytorch_writer.ts";
import { storedZipChunks } from "../../host/checkpoint/stored_zip_writer.ts";
import type { Dtype } from "../../host/checkpoint/stored_tensor.ts";
import { anyTensors, assertSameTensors, widths } from "./checkpoint_tensors.ts";

const pytorchDtypes = (Object.keys(widths) as Dtype[]).filter((dtype) =>
  !["U16", "U32", "U64"].includes(dtype)
);

Deno.test("PyTorch zip round trips keep every bit and the order of keys", () => {
  fc.assert(fc.property(anyTensors(pytorchDtypes), (tensors) => {
    const bytes = writePytorch(tensors);
    const { tensors: found, other } = readPytorch(bytes);
    assertSameTensors(found, tensors);
    assert.deepEqual([...found.keys()], [...tensors.keys()]);
    assert.deepEqual(Object.keys(other as object), []);
    assert.deepEqual(writePytorch(tensors), bytes);
  }));
  assert.throws(
    () => writePytorch(new Map([["ids", { dtype: "U32", shape: [1], data: Uint32Array.of(1) } as const]])),
    /Tensor ids: PyTorch has no storage of U32 elements/,
  );
});

/** A PyTorch zip whose data.pkl is given byte by byte (text stands for its characters). */
function zipWithPickle(...parts: (number | string)[]): Uint8Array<ArrayBuffer> {
  const content = Uint8Array.from(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]),
  );
  return Uint8Array.from(
    [...storedZipChunks([{ name: "archive/data.pkl", content }])].flatMap((chunk) => [...chunk]),
  );
}

Deno.test("a pickle that asks for anything but weights is refused by name and never executed", () => {
  const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [
      zipWithPickle(0x80, 2, "cposix\nsystem\n", "(X", 4, 0, 0, 0, "true", "tR."),
      /the file asks for posix\.system, .* refused.*; nothing was executed/,
    ],
    [zipWithPickle(0x80, 2, "ctorch\nload\n."), /torch\.load/],
    [zipWithPickle(0x80, 2, "cmymodels\nNet\n."), /asks for mymodels\.Net, .*save model\.state_dict\(\)/],
    [zipWithPickle(0x80, 2, "i__builtin__\neval\n."), /opcode 0x69 does not occur/],
    [zipWithPickle(0x80, 6, "N."), /pickle protocol 6, expected 2 to 5/],
    [zipWithPickle(0x80, 2, "NN."), /ends with values left over/],
    [zipWithPickle(0x80, 2, "N"), /ends in the middle of a value/],
    [zipWithPickle(0x80, 2, "h", 3, "."), /recalls value 3/],
    [zipWithPickle(0x80, 2, "ctorch\nFloatStorage\n)R."), /torch\.FloatStorage is called/],
    // A list that contains itself.
    [zipWithPickle(0x80, 2, "]q", 0, "h", 0, "a."), /refers to itself/],
    // 2^40 values: forty pairs, each of the one before twice.
    [
      zipWithPickle(
        0x80,
        2,
        "]",
        ...Array.from({ length: 40 }, (_, i) => ["q", i, "h", i, 0x86]).flat(),
        ".",
      ),
      /refers to itself/,
    ],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => readPytorch(bytes, "evil.pt"), (error: Error) => {
      assert.ok(error instanceof CheckpointError, String(error.stack));
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("files that are no weights are told apart", () => {
  assert.throws(() => readPytorch(new Uint8Array(0), "a.pt"), /a\.pt: is empty/);
  assert.throws(
    () => readPytorch(new TextEncoder().encode("<!DOCTYPE html>"), "a.pt"),
    /a\.pt: is no PyTorch file/,
  );
  const entries = [{ name: "notes.txt", content: new TextEncoder().encode("hello") }];
  const zip = Uint8Array.from([...storedZipChunks(entries)].flatMap((chunk) => [...chunk]));
  assert.throws(() => readPytorch(zip, "a.pt"), /zip file without NAME\/data\.pkl/);
  const compressed = zip.slice();
  compressed[zip.length - 22 - (46 + "notes.txt".length) + 10] = 8;
  assert.throws(() => readPytorch(compressed, "a.pt"), /zip file without NAME\/data\.pkl/);
  const packed = [{ name: "data/data.pkl", content: new TextEncoder().encode("hello") }];
  const again = Uint8Array.from([...storedZipChunks(packed)].flatMap((chunk) => [...chunk]));
  again[again.length - 22 - (46 + "data/data.pkl".length) + 10] = 8;
  assert.throws(() => readPytorch(again, "a.pt"), /entry data\/data\.pkl: is compressed \(method 8\)/);
});

Deno.test("a tensor that claims more than its storage holds, or far more than the file, is refused", () => {
  const text = (value: string) => ["X", value.length, 0, 0, 0, value];
  const tensor = (shape: (string | number)[], strides: (string | number)[]) =>
    zipWithPickle(
      0x80,
      2,
      "}",
      ...text("w"),
      "ctorch._utils\n_rebuild_tensor_v2\n((",
      ...text("storage"),
      "ctorch\nFloatStorage\n",
      ...text("0"),
      ...text("cpu"),
      "K",
      0,
      "tQ",
      "K",
      0,
      "(",
      ...shape,
      "t(",
      ...strides,
      "t",
      0x89,
      "NtRs.",
    );
  assert.throws(
    () => readPytorch(tensor(["K", 2], ["K", 1]), "a.pt"),
    /storage 0: missing, expected 0|reaches element/,
  );
  const huge = ["J", 255, 255, 255, 127, "J", 255, 255, 255, 127];
  assert.throws(
    () => readPytorch(tensor(huge, ["K", 0, "K", 0]), "a.pt"),
    /tensor w: shape .* far beyond the file's size/,
  );
});
