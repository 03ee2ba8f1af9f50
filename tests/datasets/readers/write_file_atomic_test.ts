import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFileAtomic } from "../../../datasets/readers/write_file_atomic.ts";
import { messageOf, withFolder } from "./data_files.ts";

Deno.test("writeFileAtomic() replaces a file whole, leaves nothing behind, and says what to do", async () => {
  await withFolder({ "a.txt": "old" }, async (folder) => {
    const path = join(folder, "a.txt");
    const failing = function* () {
      yield "part";
      throw new Error("no more");
    };
    await assert.rejects(writeFileAtomic(path, failing()), { message: "no more" });
    assert.equal(await Deno.readTextFile(path), "old");
    await writeFileAtomic(path, ["n", new Uint8Array([101, 119])]);
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.txt"]);
    assert.equal(
      await messageOf(folder, writeFileAtomic(join(folder, "no", "a.txt"), "x")),
      "DIR/no/a.txt: cannot be written, its folder does not exist; create DIR/no first.",
    );
  });
});
