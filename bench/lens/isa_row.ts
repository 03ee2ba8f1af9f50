import { hottestLoop } from "./hottest_loop.ts";
import type { Instruction, InstructionClass, MachineCode } from "./machine_code.ts";

/** A kernel as one chip's compiler made it. */
export interface IsaRow {
  readonly kernel: string;
  /** Values of its override constants, such as "BIAS=1". */
  readonly specialisation: string;
  readonly chip: string;
  readonly registers: number;
  readonly spills: number;
  readonly localBytes: number;
  readonly workgroupBytes: number;
  readonly occupancy: number;
  readonly instructions: number;
  readonly codeBytes: number;
  /** In the whole code. */
  readonly multiplyAdds: number;
  /** A round of the hottest loop: instructions without hints to the hardware, multiply-adds, the compiler's bounds checks. */
  readonly loop: { readonly instructions: number; readonly multiplyAdds: number; readonly checks: number };
  /** Instructions by class, in the whole code. */
  readonly mix: Readonly<Partial<Record<InstructionClass, number>>>;
  /** Accesses in the whole code by kind and width, such as "storage 128". */
  readonly accesses: Readonly<Record<string, number>>;
  /** The compiler's estimates in cycles; null where it makes none. */
  readonly latency: number | null;
  readonly inverseThroughput: number | null;
}

/** What names a row within a table. */
export function rowName({ kernel, specialisation }: Pick<IsaRow, "kernel" | "specialisation">): string {
  return specialisation ? `${kernel} ${specialisation}` : kernel;
}

/** The figures of a kernel's machine code. */
export function isaRow(kernel: string, specialisation: string, chip: string, code: MachineCode): IsaRow {
  const all = code.blocks.flatMap(({ instructions }) => instructions);
  const loop = hottestLoop(code.blocks);
  const { registers, spills, localBytes, workgroupBytes, occupancy, instructions, codeBytes } = code;
  return {
    kernel,
    specialisation,
    chip,
    registers,
    spills,
    localBytes,
    workgroupBytes,
    occupancy,
    instructions,
    codeBytes,
    multiplyAdds: multiplyAdds(all),
    loop: {
      instructions: loop.filter(({ kind }) => kind !== "hint").length,
      multiplyAdds: multiplyAdds(loop),
      checks: loop.filter(({ kind }) => kind === "check").length,
    },
    mix: counts(all.map(({ kind }) => kind)),
    accesses: counts(all.flatMap(({ kind, width }) => width === undefined ? [] : [`${kind} ${width}`])),
    latency: code.latency,
    inverseThroughput: code.inverseThroughput,
  };
}

function multiplyAdds(instructions: readonly Instruction[]): number {
  return instructions.reduce((sum, instruction) => sum + instruction.multiplyAdds, 0);
}

function counts<Name extends string>(
  names: readonly Name[],
): Partial<Record<Name, number>> & Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of names) found[name] = (found[name] ?? 0) + 1;
  const sorted = Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted) as Partial<Record<Name, number>> & Record<string, number>;
}
