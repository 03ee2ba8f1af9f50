/** What an instruction is for. */
export type InstructionClass =
  | "multiplyAdd"
  | "float"
  | "special"
  | "integer"
  | "move"
  | "compare"
  | "check"
  | "storage"
  | "workgroupMemory"
  | "local"
  | "constant"
  | "barrier"
  | "control"
  | "hint"
  | "other";

/** One instruction of a chip. */
export interface Instruction {
  /** As the compiler prints it. */
  readonly text: string;
  readonly kind: InstructionClass;
  /** Multiply-adds in it: two in a dual one. */
  readonly multiplyAdds: number;
  /** Bits a thread of a memory access. */
  readonly width?: number;
}

/** Instructions without a branch among them, and the numbers of the blocks that may follow. */
export interface Block {
  readonly instructions: readonly Instruction[];
  readonly successors: readonly number[];
}

/** What a driver's compiler made of a kernel. */
export interface MachineCode {
  readonly blocks: readonly Block[];
  /** Vector registers a thread. */
  readonly registers: number;
  /** Registers that were moved to memory for want of room. */
  readonly spills: number;
  /** Bytes of scratch (AMD, a subgroup) or local memory (NVIDIA, a thread). */
  readonly localBytes: number;
  readonly workgroupBytes: number;
  readonly instructions: number;
  readonly codeBytes: number;
  /** Subgroups at once a SIMD (AMD) or streaming multiprocessor (NVIDIA). */
  readonly occupancy: number;
  /** The compiler's estimates in cycles, where it makes any: of one subgroup alone, and of each among many. */
  readonly latency: number | null;
  readonly inverseThroughput: number | null;
}

/** Output of a driver that is not of the form that these readers know. */
export class UnknownOutput extends Error {}
