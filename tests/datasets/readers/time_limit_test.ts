import assert from "node:assert/strict";
import { endInTime, EndlessError, secondsFor } from "../../../datasets/readers/time_limit.ts";
import { UserError } from "../../../datasets/user_error.ts";

/** A loop that no library could leave by itself, nor by what it catches. */
const endless = () => {
  for (let k = 0; k >= 0;) {
    try {
      for (k = 0; k >= 0; k = (k + 1) % 7);
    } catch {
      k = 0;
    }
  }
};

Deno.test("what does not come to an end is stopped and its file called damaged, within others and in a promise's turn too", async () => {
  const message =
    "a.h5: reading it did not come to an end within 0.05 s; the file is damaged, copy or download it again.";
  const stopped = (error: unknown) => {
    assert.ok(error instanceof EndlessError && error instanceof UserError, String(error));
    assert.equal(error.message, message);
    return true;
  };
  assert.throws(() => endInTime("a.h5", 0.05, endless), stopped);
  assert.throws(() => endInTime("b.h5", 60, () => endInTime("a.h5", 0.05, endless)), stopped);
  await assert.rejects(Promise.resolve().then(() => endInTime("a.h5", 0.05, endless)), stopped);
  // WebAssembly: (func (export "endless") (loop (br 0)))
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 11, 1, 7];
  bytes.push(...new TextEncoder().encode("endless"), 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11);
  const library = await WebAssembly.instantiate(Uint8Array.from(bytes));
  assert.throws(() => endInTime("a.h5", 0.05, library.instance.exports.endless as () => void), stopped);
});

Deno.test("what comes to an end gives its value, or its own fault", () => {
  assert.equal(endInTime("a.h5", 60, () => 5), 5);
  assert.equal(endInTime("a.h5", 60, () => undefined), undefined);
  assert.equal(endInTime("a.h5", 60, () => endInTime("b.h5", 60, () => 6) + 1), 7);
  const fault = new TypeError("no such thing");
  assert.throws(() =>
    endInTime("a.h5", 60, () => {
      throw fault;
    }), (error) => error === fault);
});

Deno.test("a library may take ten seconds, and one a MiB more", () => {
  assert.equal(secondsFor(0), 10);
  assert.equal(secondsFor(150 * 2 ** 20), 160);
});
