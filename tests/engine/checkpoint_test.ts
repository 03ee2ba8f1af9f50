import assert from "node:assert/strict";
import fc from "fast-check";
import { CheckpointError } from "../../engine/checkpoint/checkpoint_error.ts";
import { crc32 } from "../../engine/checkpoint/crc32.ts";
import { openSafetensors } from "../../engine/checkpoint/open_safetensors.ts";
import { readPytorch, readPytorchFile } from "../../engine/checkpoint/pytorch_reader.ts";
import { savePytorch, writePytorch } from "../../engine/checkpoint/pytorch_writer.ts";
import {
  readSafetensors,
  readSafetensorsMetadata,
  writeSafetensors,
} from "../../engine/checkpoint/safetensors.ts";
import { saveSafetensors } from "../../engine/checkpoint/save_safetensors.ts";
import { storedZipChunks } from "../../engine/checkpoint/stored_zip_writer.ts";
import {
  type Dtype,
  elementCount,
  type StoredTensor,
  tensorFromBytes,
  toFloat32,
} from "../../engine/checkpoint/stored_tensor.ts";
import { stridedCopy } from "../../engine/checkpoint/strided_copy.ts";
import { removePartials, writeFileAtomic } from "../../engine/write_file_atomic.ts";
import { checkCheckpoint } from "../golden/checkpoints.ts";
import { goldensFolder } from "../golden/goldens_folder.ts";

const widths: Record<Dtype, number> = {
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

function anyTensors(dtypes: readonly Dtype[]): fc.Arbitrary<Map<string, StoredTensor>> {
  // Number-like names on purpose: a plain object would reorder them.
  const names = fc.oneof(fc.nat({ max: 12 }).map(String), fc.string({ minLength: 1, unit: "grapheme" }));
  return fc.array(fc.tuple(names.filter((name) => name !== "__metadata__"), anyTensor(dtypes)), {
    maxLength: 6,
  }).map((pairs) => new Map(pairs));
}

const bytesOf = (tensor: StoredTensor) =>
  new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);

function assertSameTensors(
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

const float32 = (shape: number[], ...values: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(values),
});

function rawSafetensors(header: string, dataBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("safetensors round trips keep every bit, the order and the metadata, and give the same bytes twice", () => {
  fc.assert(
    fc.property(
      anyTensors(Object.keys(widths) as Dtype[]),
      fc.dictionary(fc.string(), fc.string()),
      (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata);
        assert.equal(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
        assertSameTensors(readSafetensors(bytes), tensors);
        const filled = [...tensors].filter(([, tensor]) => tensor.data.length > 0).map(([name]) => name);
        const readBack = [...readSafetensors(bytes)].filter(([, tensor]) => tensor.data.length > 0).map((
          [name],
        ) => name);
        assert.deepEqual(readBack, filled);
        assert.deepEqual(Object.fromEntries(readSafetensorsMetadata(bytes)), { ...metadata });
        assert.deepEqual(writeSafetensors(tensors, metadata), bytes);
      },
    ),
  );
});

Deno.test("a safetensors header that does not fit its data is refused with file and tensor named", () => {
  const entry = (offsets: string, shape = "[2]", dtype = '"F32"') =>
    `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
  const cases: [string, number, RegExp][] = [
    ["{", 0, /model\.safetensors: its header is not JSON/],
    ["[]", 0, /its header is \[\], expected a JSON object/],
    [`{"a":${entry("[0,8]")}}`, 7, /header describes .* it has been cut inside or before tensor a/],
    [`{"a":${entry("[0,8]")}}`, 9, /the surplus belongs to no tensor/],
    [`{"a":${entry("[0,8]")},"b":${entry("[4,12]")}}`, 12, /tensor b: its values begin at byte/],
    [`{"a":${entry("[0,8]")},"b":${entry("[9,17]")}}`, 17, /tensor b: its values begin at byte/],
    [`{"a":${entry("[0,8]", "[3]")}}`, 8, /tensor a: 8 bytes, expected 12 for F32 of shape \[3\]/],
    [`{"a":${entry("[0,8]", "[-2]")}}`, 8, /tensor a: shape \[-2\], expected a list of whole numbers/],
    [`{"a":${entry("[8,0]")}}`, 8, /data_offsets \[8,0\], expected \[begin, end\]/],
    [`{"a":${entry("[0,8]", "[2]", '"F7"')}}`, 8, /element type "F7"/],
    [`{"a":7}`, 0, /tensor a: described by 7/],
    [`{"__metadata__":{"a":1}}`, 0, /__metadata__ must map text to text/],
  ];
  for (const [header, dataBytes, message] of cases) {
    assert.throws(
      () => readSafetensors(rawSafetensors(header, dataBytes), "model.safetensors"),
      (error: Error) => {
        assert.ok(error instanceof CheckpointError);
        assert.match(error.message, message);
        return true;
      },
    );
  }
  assert.throws(() => readSafetensors(new Uint8Array(5), "x"), /x: 5 bytes are too few/);
  assert.throws(
    () => readSafetensors(new Uint8Array(16).fill(255), "x"),
    /x: the header length is given as 1844674/,
  );
});

Deno.test("a tensor whose array does not fit its shape or dtype cannot be written", () => {
  assert.throws(
    () => writeSafetensors(new Map([["w", float32([3], 1, 2)]])),
    /Tensor w: 2 values, expected 3 for shape \[3\]/,
  );
  const wrong = { dtype: "I32", shape: [1], data: Float32Array.of(1) } as unknown as StoredTensor;
  assert.throws(
    () => writeSafetensors(new Map([["w", wrong]])),
    /I32 values expected in a Int32Array, found a Float32Array/,
  );
  assert.throws(() => writeSafetensors(new Map([["__metadata__", float32([], 1)]])), CheckpointError);
});

Deno.test("half precision widens exactly and 64-bit integers round to float32", () => {
  const values = [1, -2.5, 6.1e-5, 0, -0, Infinity];
  assert.deepEqual([...toFloat32({ dtype: "F16", shape: [6], data: Float16Array.from(values) })], [
    ...Float16Array.from(values),
  ]);
  assert.deepEqual([
    ...toFloat32({ dtype: "BF16", shape: [3], data: Uint16Array.of(0x3f80, 0xc020, 0x7f80) }),
  ], [1, -2.5, Infinity]);
  assert.deepEqual([...toFloat32({ dtype: "I64", shape: [2], data: BigInt64Array.of(-3n, 16777217n) })], [
    -3,
    16777216,
  ]);
});

Deno.test("tensors of a safetensors file are read one by one, and a streamed file equals one written at once", () =>
  withFolder(async (folder) => {
    const path = `${folder}/weights.safetensors`;
    const tensors = new Map<string, StoredTensor>([
      ["odd", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ["w", float32([2, 2], 1, 2, 3, 4)],
      ["none", float32([0])],
    ]);
    await saveSafetensors(path, tensors, { step: "7" });
    assert.deepEqual(await Deno.readFile(path), writeSafetensors(tensors, { step: "7" }));
    using file = await openSafetensors(path);
    assert.equal(file.metadata.get("step"), "7");
    const read = await Promise.all([file.read("w"), file.read("odd"), file.read("none")]);
    assert.deepEqual(read.map((tensor) => [...toFloat32(tensor)]), [[1, 2, 3, 4], [1, 2, 3], []]);
    await assert.rejects(file.read("v"), /has no tensor v; it holds odd, w, none/);
    await assert.rejects(openSafetensors(`${folder}/absent`), /absent does not exist/);
  }));

Deno.test("a failed atomic write leaves the old file and nothing beside it", () =>
  withFolder(async (folder) => {
    const path = `${folder}/metrics.json`;
    await writeFileAtomic(path, "old");
    await assert.rejects(
      writeFileAtomic(
        path,
        function* () {
          yield "half of";
          throw new Error("disk full");
        }(),
      ),
      /disk full/,
    );
    assert.equal(await Deno.readTextFile(path), "old");
    await writeFileAtomic(path, ["ne", new TextEncoder().encode("w")]);
    assert.equal(await Deno.readTextFile(path), "new");
    await Deno.writeTextFile(`${path}.123-4.partial`, "left by a killed process");
    assert.deepEqual(await removePartials(folder), ["metrics.json.123-4.partial"]);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["metrics.json"]);
  }));

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

Deno.test("strided copies equal the definition for transposes, slices and repeated rows", () => {
  const extent = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(extent, fc.nat({ max: 5 })), { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 3 }),
      (axes, first) => {
        const shape = axes.map(([size]) => size);
        const strides = axes.map(([, stride]) => stride);
        const source = Float32Array.from({ length: 64 }, (_, i) => i);
        const copy = new Float32Array(
          stridedCopy(new Uint8Array(source.buffer), 4, first, shape, strides).buffer,
        );
        for (let flat = 0; flat < copy.length; flat++) {
          let [rest, from] = [flat, first];
          for (let axis = shape.length - 1; axis >= 0; axis--) {
            from += rest % shape[axis] * strides[axis];
            rest = Math.floor(rest / shape[axis]);
          }
          assert.equal(copy[flat], from);
        }
      },
    ),
  );
});

Deno.test("crc32 agrees with the standard's check value at every alignment", () => {
  const text = new TextEncoder().encode("123456789");
  for (let shift = 0; shift < 9; shift++) {
    const bytes = new Uint8Array(20);
    bytes.set(text, shift);
    assert.equal(crc32(bytes.subarray(shift, shift + 9)), 0xcbf43926);
  }
  assert.equal(crc32(new Uint8Array(0)), 0);
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
      /the file asks for posix\.system, .* refused; nothing was executed/,
    ],
    [zipWithPickle(0x80, 2, "ctorch\nload\n."), /torch\.load/],
    [zipWithPickle(0x80, 2, "ctorch.nn.modules.linear\nLinear\n."), /torch\.nn\.modules\.linear\.Linear/],
    [zipWithPickle(0x80, 2, "i__builtin__\neval\n."), /opcode 0x69 does not occur/],
    [zipWithPickle(0x80, 4, "N."), /pickle protocol 4, expected 2/],
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
  assert.throws(() => readPytorch(compressed, "a.pt"), /entry notes\.txt: is compressed \(method 8\)/);
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

const checkpoints = goldensFolder("csg2a/checkpoints");

Deno.test("the golden PyTorch files of both containers are read exactly", async () => {
  if (!checkpoints) return console.log("skipped: no golden checkpoints");
  const manifests = [...Deno.readDirSync(checkpoints)].map((entry) => entry.name).filter((name) =>
    /^expected_.*\.json$/.test(name)
  );
  const results = (await Promise.all(manifests.map((name) => checkCheckpoint(checkpoints, name)))).flat();
  assert.ok(results.length > 0);
  assert.deepEqual(results.filter((result) => !result.passed), []);
});

Deno.test("a golden checkpoint survives the way to safetensors and back to PyTorch", () =>
  withFolder(async (folder) => {
    if (!checkpoints) return console.log("skipped: no golden checkpoints");
    const { tensors } = await readPytorchFile(`${checkpoints}/tricky.legacy.pt`);
    await saveSafetensors(`${folder}/tricky.safetensors`, tensors);
    const between = readSafetensors(await Deno.readFile(`${folder}/tricky.safetensors`));
    await savePytorch(`${folder}/tricky.pt`, between);
    assertSameTensors((await readPytorchFile(`${folder}/tricky.pt`)).tensors, tensors);
    await assert.rejects(readPytorchFile(`${folder}/absent.pt`), /absent\.pt does not exist/);
  }));

Deno.test("no damage to a checkpoint file makes a reader throw anything but a CheckpointError", async () => {
  const own = new Map([["a.weight", float32([2, 3], 1, 2, 3, 4, 5, 6)], [
    "n",
    { dtype: "I64", shape: [], data: BigInt64Array.of(9n) } as const,
  ]]);
  const pytorch = [writePytorch(own)];
  if (checkpoints) {
    for (const name of ["tricky.legacy.pt", "tricky.zip.pt", "nested.zip.pt"]) {
      pytorch.push(await Deno.readFile(`${checkpoints}/${name}`));
    }
  }
  const targets = [
    { bytes: writeSafetensors(own), read: (bytes: Uint8Array<ArrayBuffer>) => readSafetensors(bytes).size },
    ...pytorch.map((bytes) => ({
      bytes,
      read: (damaged: Uint8Array<ArrayBuffer>) => readPytorch(damaged).tensors.size,
    })),
  ];
  const damages = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom(...targets),
      damages,
      fc.option(fc.nat()),
      ({ bytes, read }, changes, cut) => {
        const damaged = cut === null ? bytes.slice() : bytes.slice(0, cut % bytes.length);
        for (const [at, value] of changes) if (damaged.length > 0) damaged[at % damaged.length] = value;
        try {
          read(damaged);
        } catch (error) {
          assert.ok(error instanceof CheckpointError, String((error as Error).stack));
        }
      },
    ),
    { numRuns: 4000 },
  );
});

Deno.test("no damage inside the pickle itself, with a correct checksum, gives anything but a CheckpointError", async () => {
  if (!checkpoints) return console.log("skipped: no golden checkpoints");
  const { tensors } = await readPytorchFile(`${checkpoints}/nested.zip.pt`);
  assert.ok(tensors.size > 0);
  const legacy = await Deno.readFile(`${checkpoints}/tricky.legacy.pt`);
  // The pickles of a legacy file lie bare in front, without a checksum: damage only those.
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 1600 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const damaged = legacy.slice();
        for (const [at, value] of changes) damaged[15 + at % (damaged.length - 15)] = value;
        try {
          readPytorch(damaged);
        } catch (error) {
          assert.ok(error instanceof CheckpointError, String((error as Error).stack));
        }
      },
    ),
    { numRuns: 6000 },
  );
});
