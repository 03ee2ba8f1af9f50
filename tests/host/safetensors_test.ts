import assert from "node:assert/strict";
import fc from "fast-check";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { openSafetensors } from "../../host/checkpoint/open_safetensors.ts";
import {
  readSafetensors,
  readSafetensorsMetadata,
  writeSafetensors,
} from "../../host/checkpoint/safetensors.ts";
import { saveSafetensors } from "../../host/checkpoint/save_safetensors.ts";
import { type Dtype, type StoredTensor, toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import { anyTensors, assertSameTensors, float32, widths, withFolder } from "./checkpoint_tensors.ts";

function rawSafetensors(header: string, dataBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
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

Deno.test("one flipped bit anywhere in a file of this program is found; a file of another program carries no digest", () =>
  withFolder(async (folder) => {
    const path = `${folder}/weights.safetensors`;
    const tensors = new Map<string, StoredTensor>([["w", float32([2, 2], 1, 2, 3, 4)], [
      "b",
      float32([1], 5),
    ]]);
    await saveSafetensors(path, tensors, { step: "7" });
    const whole = await Deno.readFile(path);
    using own = await openSafetensors(path);
    assert.ok(own.verified);
    let accepted = 0;
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] ^= 1 << (bit & 7);
      try {
        readSafetensors(bytes, path);
        accepted++;
      } catch (error) {
        assert.ok(error instanceof CheckpointError, `bit ${bit}: ${error}`);
      }
      if (bit % 97 !== 0) continue;
      await Deno.writeFile(path, bytes);
      await openSafetensors(path).then((file) => file.close(), (error) => {
        assert.ok(error instanceof CheckpointError, `bit ${bit}: ${error}`);
      });
    }
    // Only a changed key of the digest itself leaves a sound file that says none: it counts as another program's, and a run
    // refuses those.
    assert.ok(accepted <= 8 * "perturbine_sha256".length, `${accepted} flipped bits were taken`);

    const payload = whole.slice();
    payload[payload.length - 1] ^= 1;
    await Deno.writeFile(path, payload);
    await assert.rejects(
      openSafetensors(path),
      /content has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64} as it says itself/,
    );
    await Deno.writeFile(path, rawSafetensors(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4));
    using foreign = await openSafetensors(path);
    assert.ok(!foreign.verified);
  }));

Deno.test("a header is refused before it is parsed when it is nested deep, names a tensor twice, or names too many", () => {
  const entry = `{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`;
  const refuse = (header: string, message: RegExp) =>
    assert.throws(() => readSafetensors(rawSafetensors(header, 0), "x"), (error: Error) => {
      assert.ok(error instanceof CheckpointError && error.message.length < 400, error.message.slice(0, 400));
      assert.match(error.message, message);
      return true;
    });
  const start = performance.now();
  refuse("[".repeat(20_000_000), /x: its header is nested more than 4 deep/);
  assert.ok(performance.now() - start < 5000, "before the work");
  refuse(`{"a":${entry},"a":${entry}}`, /names "a" twice/);
  refuse(`{"a":${entry},"\\u0061" :${entry}}`, /names "\\u0061" twice/);
  refuse(`{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, /names "dtype" twice/);
  refuse(`{"__metadata__":{"k":"1","k":"2"},"a":${entry}}`, /names "k" twice/);
  refuse(
    `{${Array.from({ length: 100_001 }, (_, i) => `"t${i}":${entry}`).join()}}`,
    /has more than 100,000 keys in one object/,
  );
  refuse(`{"${"n".repeat(600_000)}":7}`, /tensor n{97}\.\.\.: described by 7/);
  // Braces, commas and quotes inside names are no structure.
  const odd = new Map([[`{"[,:\\`, float32([1], 1)], [`}]"`, float32([1], 2)]]);
  assertSameTensors(readSafetensors(writeSafetensors(odd)), odd);
});
