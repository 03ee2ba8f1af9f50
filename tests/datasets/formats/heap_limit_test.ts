import assert from "node:assert/strict";
import { heapMayGrow } from "../../../datasets/formats/heap_limit.ts";
import { UserError } from "../../../datasets/user_error.ts";

/** Pages of 64 KiB of a MiB. */
const pages = (mib: number) => 16 * mib;

Deno.test("a library's heap grows by 128 MiB and 16 times what is read, and no further", () => {
  const memory = new WebAssembly.Memory({ initial: 1 }), { grow } = WebAssembly.Memory.prototype;
  heapMayGrow("a.h5", 2 ** 20, () => {
    memory.grow(pages(100));
    memory.grow(pages(44));
  });
  assert.equal(memory.buffer.byteLength, 2 ** 16 + 144 * 2 ** 20);
  assert.throws(() =>
    heapMayGrow("a.h5", 2 ** 20, () => {
      memory.grow(pages(144));
      memory.grow(1);
    }), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(
      error.message,
      /^a\.h5: reading it takes more than 144 MiB of memory, .*; the file is damaged, /,
    );
    return true;
  });
  // A library that goes on without the memory has done its work.
  assert.equal(
    heapMayGrow("a.h5", 0, () => {
      assert.throws(() => memory.grow(pages(129)), RangeError);
      return 1;
    }),
    1,
  );
  const fault = new TypeError("its own");
  assert.throws(() =>
    heapMayGrow("a.h5", 0, () => {
      throw fault;
    }), (error) => error === fault);
  assert.equal(WebAssembly.Memory.prototype.grow, grow, "outside it grows as it likes");
});
