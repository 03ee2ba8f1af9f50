import assert from "node:assert/strict";
import { freeName } from "../../runs/free_name.ts";

Deno.test("texts that give the same file name are numbered, also where the number is taken", () => {
  const taken = new Set<string>();
  const names = ["a/b-genes", "a b-genes", "A:b-genes", "a b-genes-2", "///"].map((text) =>
    freeName(text, taken)
  );
  assert.deepEqual(names, ["a-b-genes", "a-b-genes-2", "a-b-genes-3", "a-b-genes-2-2", "figure"]);
});
