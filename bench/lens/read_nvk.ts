import type { Buffer } from "node:buffer";
import { type Chip, residentSubgroups } from "./chips.ts";
import {
  type Block,
  type Instruction,
  type InstructionClass,
  type MachineCode,
  UnknownOutput,
} from "./machine_code.ts";

/**
 * The lines of NVK's output that are read: it prints its whole intermediate code a dozen times over, 140 MB for the kernels of
 * this project, of which only the last form and the figures behind it say what runs. The bytes are searched, since to split
 * them all into lines takes longer than to compile.
 */
export function nvkLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (const figure of ["shared_size:", "workgroup_size:"]) {
    for (let at = bytes.indexOf(figure); at >= 0; at = bytes.indexOf(figure, at + 1)) {
      const end = bytes.indexOf("\n", at);
      lines.push(bytes.toString("utf8", at, end < 0 ? bytes.length : end));
    }
  }
  const begins = "NAK IR after calc_instr_deps";
  for (let at = bytes.indexOf(begins); at >= 0; at = bytes.indexOf(begins, at + 1)) {
    const ends = ["NAK IR", "Encoded shader"].map((mark) => bytes.indexOf(mark, at + 1)).filter((end) =>
      end >= 0
    );
    for (const line of bytes.toString("utf8", at, Math.min(bytes.length, ...ends)).split("\n")) {
      lines.push(line);
    }
  }
  return lines;
}

/** Bytes of one instruction since Volta. */
const instructionBytes = 16;

/**
 * Reads what NVK prints of one kernel with NAK_DEBUG=print, filtered: blocks "block 1 L2 [0] -> {" .. "} -> [2, 3]", then the
 * figures. @throws {UnknownOutput} where a figure or the code is missing
 */
export function readNvk(lines: readonly string[], chip: Chip): MachineCode {
  const bodies = new Map<number, Instruction[]>();
  const following = new Map<number, number[]>();
  let current: number | undefined;
  let threads = 0, workgroupBytes = 0;
  const figures = new Map<string, number>();
  for (const line of lines) {
    const opens = /^block(?:\.u)? (\d+) .*\{$/.exec(line);
    const closes = /^\} -> \[([\d, ]*)\]/.exec(line);
    const figure = /^(Instruction count|Num GPRs|SLM size): (\d+)/.exec(line);
    if (opens) bodies.set(current = Number(opens[1]), []);
    else if (closes && current !== undefined) {
      following.set(current, closes[1].split(",").filter((word) => word.trim()).map(Number));
      current = undefined;
    } else if (figure) figures.set(figure[1], Number(figure[2]));
    else if (line.startsWith("workgroup_size:")) {
      threads = line.slice(15).split(",").map(Number).reduce((product, size) => product * size, 1);
    } else if (line.startsWith("shared_size:")) workgroupBytes = Number(line.slice(12));
    else if (current !== undefined && /\S/.test(line)) {
      const instruction = nvkInstruction(line);
      if (instruction) bodies.get(current)!.push(instruction);
    }
  }
  const at = (name: string) => {
    const value = figures.get(name);
    if (value === undefined) throw new UnknownOutput(`NVK printed no "${name}"`);
    return value;
  };
  if (bodies.size === 0 || threads === 0) throw new UnknownOutput("NVK printed no code");
  const numbers = [...bodies.keys()];
  const registers = at("Num GPRs");
  const instructions = at("Instruction count");
  return {
    blocks: numbers.map((number): Block => ({
      instructions: bodies.get(number)!,
      successors: (following.get(number) ?? []).map((next) => numbers.indexOf(next)),
    })),
    registers,
    // What NAK spills goes to local memory, where it cannot be told from arrays that are indexed at run time.
    spills: [...bodies.values()].flat().filter(({ text }) => /\b(ld|st)\.local\b/.test(text)).length,
    localBytes: at("SLM size"),
    workgroupBytes,
    instructions,
    codeBytes: instructions * instructionBytes,
    occupancy: residentSubgroups(chip, { registers, workgroupBytes, threads }),
    latency: null,
    inverseThroughput: null,
  };
}

const classes: readonly (readonly [RegExp, InstructionClass])[] = [
  [/^(nop|bclear)\b/, "hint"],
  [/^(bar\.|membar)/, "barrier"],
  [/^(bra|bssy|bsync|exit|warpsync|break|bmov|kill|brev\.|jmp|call|ret)\b/, "control"],
  [/^(ldc|s2r|s2ur|cs2r|isberd)\b/, "constant"],
  [/^(ld|st)\.local/, "local"],
  [/^(ld|st|atom|red)\.shared/, "workgroupMemory"],
  [/^(ld|st|atom|red|suld|sust|suatom|cctl|ccctl)\b/, "storage"],
  [/^(ffma|hfma2|dfma)\b/, "multiplyAdd"],
  [/^u?imnmx\.u32\b.* pT$/, "check"],
  // NVK's own check of a storage access: against the size that stands in the descriptor.
  [/^u?isetp\.\S*u32 .*\bu?cx?\[0x1\]/, "check"],
  [/^(mufu|transcendental|ftanh|fswz)\b/, "special"],
  [/^(u?isetp|u?fsetp|hsetp2|dsetp|u?plop3|psetp|u?sel|fsel|fset|iset)\b/, "compare"],
  [/^(u?mov|r2ur|prmt|shfl|vote|swap|par_copy|copy|movm|redux|pin|unpin)\b/, "move"],
  [/^(fadd|fmul|fmnmx|hadd2|hmul2|dadd|dmul|i2f|f2f|f2fp|frnd|f2i|hmnmx2|hset2|rro|dmnmx)\b/, "float"],
  [
    /^(u?iadd|u?imad|u?shf|u?lop|u?lea|u?imnmx|u?flo|u?popc|u?bmsk|u?bfe|u?bfi|u?brev|i2i|iabs|idp|imul|sgxt|u?shl|u?shr|ineg)/,
    "integer",
  ],
];

/** `@!p0 r1 = ffma.ftz r2 r3 r4  // delay=4`: a guard, what is written, the operation; undefined for labels and notes. */
function nvkInstruction(line: string): Instruction | undefined {
  const text = line.replace(/\/\/.*$/, "").trim();
  if (text === "") return undefined;
  const operation = text.replace(/^@\S+\s+/, "").replace(/^[^=]*=\s+/, "");
  const kind = classes.find(([form]) => form.test(operation))?.[1] ?? "other";
  const bits = /^(?:ld|st|atom|red)\b\S*\.[buif](8|16|32|64|128)\b/.exec(operation)?.[1];
  return { text, kind, multiplyAdds: kind === "multiplyAdd" ? 1 : 0, ...(bits && { width: Number(bits) }) };
}
