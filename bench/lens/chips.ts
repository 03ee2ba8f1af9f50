/** A GPU that Mesa compiles for without a card: how its driver is told, and what of it bounds the occupancy. */
export interface Chip {
  readonly name: string;
  /** What it is sold as. */
  readonly known: string;
  readonly driver: "radv" | "nvk";
  /** Variables that make the no-op driver show this chip. */
  readonly environment: Readonly<Record<string, string>>;
  /** Subgroups of a full SIMD (AMD) or streaming multiprocessor (NVIDIA). */
  readonly fullOccupancy: number;
  /** Of a streaming multiprocessor; RADV states the occupancy itself. */
  readonly limits?: {
    readonly registers: number;
    readonly workgroupBytes: number;
    readonly workgroups: number;
  };
}

const amd = (name: string, known: string, fullOccupancy: number): Chip => ({
  name,
  known,
  driver: "radv",
  environment: { AMDGPU_GPU_ID: name },
  fullOccupancy,
});

function nvidia(
  name: string,
  known: string,
  id: string,
  fullOccupancy: number,
  kilobytes: number,
  groups: number,
): Chip {
  return {
    name,
    known,
    driver: "nvk",
    environment: { NOUVEAU_CHIPSET: id },
    fullOccupancy,
    limits: { registers: 65_536, workgroupBytes: 1024 * kilobytes, workgroups: groups },
  };
}

/**
 * Chips that Mesa 25's no-op drivers show.
 *
 * Source of the limits: CUDA C++ programming guide, "technical specifications per compute capability" (7.5, 8.0, 8.6).
 */
export const chips: readonly Chip[] = [
  amd("navi31", "RX 7900 XTX, RDNA 3", 32),
  amd("navi21", "RX 6800 and 6900, RDNA 2", 32),
  amd("gfx1150", "Radeon 890M, RDNA 3.5", 32),
  amd("vega10", "RX Vega, GCN 5", 10),
  nvidia("ga102", "RTX 3080 and 3090, Ampere", "0x172", 48, 100, 16),
  nvidia("ga104", "RTX 3070, Ampere", "0x174", 48, 100, 16),
  nvidia("ga100", "A100, Ampere", "0x170", 64, 164, 32),
  nvidia("tu102", "RTX 2080 Ti, Turing", "0x162", 32, 64, 16),
  nvidia("tu104", "RTX 2080, Turing", "0x164", 32, 64, 16),
];

/** Bytes of workgroup memory that the hardware keeps for itself with each workgroup (compute capability 8 and later). */
const reserved = 1024;

/** Subgroups of 32 that a streaming multiprocessor holds at once. */
export function residentSubgroups(
  { limits, fullOccupancy, name }: Chip,
  { registers, workgroupBytes, threads }: { registers: number; workgroupBytes: number; threads: number },
): number {
  if (!limits) throw new Error(`${name} has no limits`);
  const subgroups = Math.ceil(threads / 32);
  // Registers are handed out to a subgroup in portions of 256, 8 a thread.
  const perSubgroup = 32 * 8 * Math.ceil(registers / 8);
  const own = workgroupBytes + (name.startsWith("ga") ? reserved : 0);
  const groups = Math.min(
    Math.floor(Math.floor(limits.registers / perSubgroup) / subgroups),
    own > 0 ? Math.floor(limits.workgroupBytes / own) : limits.workgroups,
    Math.floor(fullOccupancy / subgroups),
    limits.workgroups,
  );
  return groups * subgroups;
}
