import assert from "node:assert/strict";
import { chips } from "../../../bench/lens/chips.ts";
import type { IsaRow } from "../../../bench/lens/isa_row.ts";
import { editLens, editLensText } from "../../../bench/tools/edit_lens.ts";

Deno.test("an edit's change of registers, occupancy, instructions and hottest loop is told, and nothing that stays", () => {
  const captured: IsaRow = {
    kernel: "k",
    specialisation: "",
    chip: "navi31",
    registers: 24,
    spills: 0,
    localBytes: 0,
    workgroupBytes: 0,
    occupancy: 32,
    instructions: 100,
    codeBytes: 800,
    multiplyAdds: 4,
    loop: { instructions: 20, multiplyAdds: 4, checks: 1 },
    mix: {},
    accesses: {},
    latency: null,
    inverseThroughput: null,
  };
  const edited = {
    ...captured,
    registers: 31,
    occupancy: 28,
    loop: { instructions: 17, multiplyAdds: 4, checks: 0 },
  };
  assert.equal(
    editLensText([{ chip: "navi31", captured, edited }, { chip: "ga102", captured, edited: captured }]),
    "navi31: registers 24 -> 31, occupancy 32 -> 28, multiply-adds of the hottest loop 4 of 20 -> 4 of 17, " +
      "bounds checks in it 1 -> 0\nga102: the machine code is the same in all figures",
  );
});

Deno.test("where no compiler of a chip is, an edit is told without it", async () => {
  const kernel = { name: "k", code: "@compute @workgroup_size(1) fn main() {}" };
  const unknown = { ...chips[0], driver: "none" as "radv" };
  assert.deepEqual(await editLens(kernel, kernel, [unknown], "nowhere"), []);
});
