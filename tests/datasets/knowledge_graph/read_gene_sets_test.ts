import assert from "node:assert/strict";
import { join } from "node:path";
import { readGeneSets } from "../../../datasets/knowledge_graph/read_gene_sets.ts";
import { messageOf, withFolder } from "../readers/data_files.ts";

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

Deno.test("gene sets are read in the encoding that they are in: two letters never become one", async () => {
  const text = "caf\xe9\tone\tA\tB\xe9\tB\xe8\n\ncaf\xe8\tone\tA\tA\t\r\n";
  for (const content of [latin1(text), text, `\ufeff${text}`]) {
    await withFolder({ "sets.gmt": content }, async (folder) => {
      assert.deepEqual(await readGeneSets(join(folder, "sets.gmt")), [
        { name: "café", description: "one", genes: ["A", "Bé", "Bè"] },
        { name: "cafè", description: "one", genes: ["A"] },
      ]);
    });
  }
});

Deno.test("a gene set twice, a zero byte and an empty file are refused with their place", async () => {
  for (
    const [content, said] of [
      ["a\tx\tA\na\ty\tA\na\tx\tB\n", /sets\.gmt, line 3: found the set "a" .* again.*line 1/],
      ["a\tx\tA\n".padEnd(70_000, "\n") + "b\tx\t\0\n", /sets\.gmt: found a zero byte \(NUL\) at byte 70005/],
      ["a\tx\t\t\n", /sets\.gmt, line 1: found no gene in the set "a"/],
      [`a\tx${"\tg".repeat(200_001)}\n`, /sets\.gmt, line 1: has more than 200000 genes/],
      ["", /sets\.gmt: the file is empty/],
    ] as const
  ) {
    await withFolder({ "sets.gmt": content }, async (folder) => {
      assert.match(await messageOf(folder, readGeneSets(join(folder, "sets.gmt"))), said);
    });
  }
});
