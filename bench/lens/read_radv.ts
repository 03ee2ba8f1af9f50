import {
  type Block,
  type Instruction,
  type InstructionClass,
  type MachineCode,
  UnknownOutput,
} from "./machine_code.ts";

const fields = {
  registers: "VGPRs",
  scalarSpills: "Spilled SGPRs",
  vectorSpills: "Spilled VGPRs",
  localBytes: "Scratch size",
  workgroupBytes: "LDS size",
  instructions: "Instructions",
  codeBytes: "Code size",
  occupancy: "Subgroups per SIMD",
  latency: "Latency",
  inverseThroughput: "Inverse Throughput",
} as const;

/**
 * Reads what RADV prints of one kernel with RADV_DEBUG=shaderstats,asm: blocks "BB0:", an instruction a line, then a list of
 * figures. @throws {UnknownOutput} where a figure or the code is missing
 */
export function readRadv(lines: readonly string[]): MachineCode {
  const stats = new Map<string, number>();
  const numbers: number[] = [];
  const bodies: Instruction[][] = [];
  for (const line of lines) {
    const figure = /^([A-Z][\w -]+): (\d+)$/.exec(line);
    if (figure) stats.set(figure[1], Number(figure[2]));
    const label = /^BB(\d+):$/.exec(line);
    if (label) {
      numbers.push(Number(label[1]));
      bodies.push([]);
    } else if (bodies.length > 0 && /^\t\S/.test(line)) {
      const body = bodies.at(-1)!;
      const repeated = /^\t\(then repeated (\d+) times\)/.exec(line);
      if (repeated) { for (let i = 0; i < Number(repeated[1]); i++) body.push(body.at(-1)!); }
      else body.push(radvInstruction(line.trim().replace(/\s*;.*$/, "")));
    }
  }
  if (bodies.length === 0) throw new UnknownOutput("RADV printed no code");
  const at = (name: keyof typeof fields) => {
    const value = stats.get(fields[name]);
    if (value === undefined) throw new UnknownOutput(`RADV printed no "${fields[name]}"`);
    return value;
  };
  return {
    blocks: bodies.map((instructions, k): Block => ({
      instructions,
      successors: successors(instructions, k, numbers),
    })),
    registers: at("registers"),
    spills: at("scalarSpills") + at("vectorSpills"),
    localBytes: at("localBytes"),
    workgroupBytes: at("workgroupBytes"),
    instructions: at("instructions"),
    codeBytes: at("codeBytes"),
    occupancy: at("occupancy"),
    latency: at("latency"),
    inverseThroughput: at("inverseThroughput"),
  };
}

/** A block may end in several branches; without a final jump the next block follows. */
function successors(instructions: readonly Instruction[], k: number, numbers: readonly number[]): number[] {
  const found: number[] = [];
  for (const { text } of instructions) {
    const target = /^s_c?branch\w* BB(\d+)/.exec(text)?.[1];
    if (target === undefined) continue;
    const block = numbers.indexOf(Number(target));
    if (block < 0) throw new UnknownOutput(`RADV printed a branch to BB${target}, which is nowhere`);
    found.push(block);
  }
  const last = instructions.at(-1)?.text ?? "";
  const ends = /^(s_branch|s_endpgm|s_setpc)/.test(last);
  if (!ends && k + 1 < numbers.length) found.push(k + 1);
  return found;
}

/** The first that matches. Scalar forms count with their vector forms: what is spent is an issue slot. */
const classes: readonly (readonly [RegExp, InstructionClass])[] = [
  [/^s_(delay_alu|waitcnt|wait_|clause|nop|inst_prefetch|sendmsg|set_inst|code_end|version)/, "hint"],
  [/^s_barrier/, "barrier"],
  [/^(s_c?branch|s_endpgm|s_setpc|s_swappc)/, "control"],
  [/^(s_load|s_buffer_load)/, "constant"],
  [/^(scratch_)/, "local"],
  [/^(ds_)/, "workgroupMemory"],
  [/^(buffer_|global_|flat_|tbuffer_|image_)/, "storage"],
  [/^v_(fma|fmac|fmaak|fmamk|mad|mac|pk_fma|dual_fmac)\w*_(f32|f16)/, "multiplyAdd"],
  [/^[vs]_min3?_u32/, "check"],
  [/^v_(rcp|rsq|sqrt|exp|log|sin|cos)_/, "special"],
  [/^(v_cmp|s_cmp|s_bitcmp|v_cndmask|s_cselect)/, "compare"],
  [
    /^(v_mov|s_mov|s_cmov|v_swap|v_readlane|v_readfirstlane|v_writelane|v_accvgpr|v_dual_mov|v_permlane)/,
    "move",
  ],
  [/^v_\w*_(f32|f16|f64)(_|$)/, "float"],
  [/^[vs]_/, "integer"],
];

function radvInstruction(text: string): Instruction {
  const kind = classes.find(([form]) => form.test(text))?.[1] ?? "other";
  const multiplyAdds = kind === "multiplyAdd" ? (text.match(/v_dual_fmac/g)?.length ?? 1) : 0;
  return { text, kind, multiplyAdds, width: widthOf(text.split(/\s/)[0], kind) };
}

function widthOf(operation: string, kind: InstructionClass): number | undefined {
  if (kind !== "storage" && kind !== "workgroupMemory" && kind !== "local") return undefined;
  const dwords = /dword(?:x(\d))?/.exec(operation);
  if (dwords) return 32 * Number(dwords[1] ?? 1);
  const bits = /_[buif](8|16|32|64|96|128)\b/.exec(operation);
  // Two accesses in one: both offsets, each as wide as stated.
  return bits ? Number(bits[1]) * (/^ds_(load|read|store|write)_?2/.test(operation) ? 2 : 1) : undefined;
}
