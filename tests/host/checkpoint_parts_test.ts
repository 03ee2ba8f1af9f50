import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32 } from "../../host/checkpoint/crc32.ts";
import { stridedCopy } from "../../host/checkpoint/strided_copy.ts";
import { removePartials, writeFileAtomic } from "../../host/write_file_atomic.ts";
import { withFolder } from "./checkpoint_tensors.ts";

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
