import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { chips, residentSubgroups } from "../../../bench/lens/chips.ts";
import { hottestLoop } from "../../../bench/lens/hottest_loop.ts";
import { isaRow } from "../../../bench/lens/isa_row.ts";
import type { Block, Instruction } from "../../../bench/lens/machine_code.ts";
import { nvkLines, readNvk } from "../../../bench/lens/read_nvk.ts";
import { readRadv } from "../../../bench/lens/read_radv.ts";

// Both are of the loop `sum = fma(vec4f(tile[k % 64u].x), a[k], sum)`, recorded with Mesa 25.0.
const recorded = (name: string) =>
  Deno.readTextFileSync(new URL(`loop_${name}.txt`, import.meta.url)).split("\n");
const ga102 = chips.find(({ name }) => name === "ga102")!;

Deno.test("RADV's figures, loop and accesses are read off its recorded output", () => {
  const row = isaRow("loop", "", "navi31", readRadv(recorded("navi31")));
  const { mix: _, ...figures } = row;
  assert.deepEqual(figures, {
    kernel: "loop",
    specialisation: "",
    chip: "navi31",
    registers: 12,
    spills: 0,
    localBytes: 0,
    workgroupBytes: 1024,
    occupancy: 32,
    instructions: 64,
    codeBytes: 352,
    multiplyAdds: 4,
    loop: { instructions: 23, multiplyAdds: 4, checks: 1 },
    accesses: { "storage 128": 2, "workgroupMemory 128": 2, "workgroupMemory 32": 1 },
    latency: 2586,
    inverseThroughput: 162,
  });
  assert.equal(row.mix.multiplyAdd, 4);
  assert.equal(row.mix.check, 2);
  assert.equal(row.mix.other, undefined);
});

Deno.test("of NVK's output only the last form of the code counts, and the occupancy follows from the chip's limits", () => {
  const all = recorded("ga102");
  const kept = nvkLines(Buffer.from(all.join("\n")));
  const encoded = "NAK IR after calc_instr_deps:\nblock 0\nEncoded shader\n00ff\nshared_size: 8";
  assert.deepEqual(nvkLines(Buffer.from(encoded)), [
    "shared_size: 8",
    "NAK IR after calc_instr_deps:",
    "block 0",
    "",
  ]);
  assert.ok(kept.length < all.length && !kept.some((line) => line.includes("%r1")));
  const row = isaRow("loop", "", "ga102", readNvk(kept, ga102));
  assert.equal(row.registers, 21);
  assert.equal(row.instructions, 254);
  assert.equal(row.codeBytes, 254 * 16);
  assert.equal(row.workgroupBytes, 1024);
  assert.equal(row.localBytes, 0);
  assert.equal(row.multiplyAdds, 4);
  assert.deepEqual([row.loop.multiplyAdds, row.loop.checks], [4, 1]);
  // 8 before the loop and in it, 4 a vector; NVK splits each of these accesses.
  assert.deepEqual(row.accesses, {
    "storage 32": 12,
    "workgroupMemory 128": 2,
    "workgroupMemory 32": 1,
  });
  assert.equal(row.mix.other, undefined);
  // 16 workgroups of 2 subgroups: no more fit, whatever their registers.
  assert.equal(row.occupancy, 32);
});

Deno.test("registers, workgroup memory and the size of a workgroup each bound the subgroups of an NVIDIA chip", () => {
  const bound = (registers: number, workgroupBytes: number, threads: number) =>
    residentSubgroups(ga102, { registers, workgroupBytes, threads });
  assert.equal(bound(32, 0, 256), 48);
  assert.equal(bound(207, 8704, 64), 8); // 65,536 / (32 * 208) = 9 subgroups, 4 whole workgroups
  assert.equal(bound(81, 0, 256), 16); // 88 a thread are handed out: 23 subgroups, not 25
  assert.equal(bound(33, 20_480, 64), 8); // 102,400 / 21,504 = 4 workgroups
  assert.equal(bound(255, 0, 1024), 0); // does not start at all
});

Deno.test("what drivers print otherwise is refused", () => {
  assert.throws(() => readRadv(["Compute Shader", "disasm:"]), /no code/);
  assert.throws(
    () => readRadv(recorded("navi31").filter((line) => !line.startsWith("VGPRs"))),
    /no "VGPRs"/,
  );
  assert.throws(() => readNvk([], ga102), /printed no/);
  assert.throws(
    () => readNvk(recorded("ga102").filter((line) => !line.startsWith("Num GPRs")), ga102),
    /no "Num GPRs"/,
  );
  // An instruction that is not known is counted as such, not dropped.
  const odd = recorded("navi31").map((line) => line.replace("v_fmac_f32_e32 v4", "x_new_f32 v4"));
  assert.equal(isaRow("loop", "", "navi31", readRadv(odd)).mix.other, 1);
});

function block(successors: number[], multiplyAdds: number, others = 0): Block {
  const one = (kind: Instruction["kind"]): Instruction => ({
    text: kind,
    kind,
    multiplyAdds: kind === "multiplyAdd" ? 1 : 0,
  });
  return {
    successors,
    instructions: [
      ...Array.from({ length: multiplyAdds }, () => one("multiplyAdd")),
      ...Array.from({ length: others }, () => one("integer")),
    ],
  };
}

Deno.test("the hottest loop is the one with most multiply-adds, a deeper one before one around it", () => {
  const count = (blocks: Block[]) => hottestLoop(blocks).length;
  assert.equal(count([block([1], 3), block([], 2, 1)]), 6, "no loop: all");
  // 0 -> 1 (outer) -> 2 (inner) -> 2 | 3 -> 1 | 4
  const nested = [block([1], 9), block([2], 5), block([2, 3], 4, 3), block([1, 4], 1), block([], 9)];
  assert.equal(count(nested), 7, "the inner one, though the outer has more");
  const heavy = nested.map((entry, k) => k === 1 ? block([2], 50) : entry);
  assert.equal(count(heavy), 51, "the outer one without the inner");
  // Two loops after one another, the second with more.
  assert.equal(count([block([0, 1], 2), block([1, 2], 3), block([], 0)]), 3);
});
