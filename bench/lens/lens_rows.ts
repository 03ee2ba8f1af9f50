import type { Kernel } from "../../kernels/descriptor.ts";
import { specialisationOf } from "./all_kernels.ts";
import type { Chip } from "./chips.ts";
import { compileOn } from "./compile_on.ts";
import { type IsaRow, isaRow } from "./isa_row.ts";

/** A kernel that a chip's compiler was never asked about, and what WebGPU said against it. */
export interface Refused {
  readonly kernel: string;
  readonly chip: string;
  readonly reason: string;
}

/** What the compilers of some chips make of some kernels, in the order of the chips and kernels. */
export interface LensReport {
  readonly rows: readonly IsaRow[];
  /** The driver's own text of each row. */
  readonly texts: readonly (readonly string[])[];
  readonly refused: readonly Refused[];
}

/** What of a kernel its machine code hangs on. */
export type LensKernel = Pick<Kernel, "name" | "code" | "constants">;

/** Compiles kernels for chips, the chips beside one another. */
export async function lensReport(
  kernels: readonly LensKernel[],
  chips: readonly Chip[],
  cache: string,
  progress?: (chip: Chip, index: number) => void,
): Promise<LensReport> {
  const parts = await Promise.all(chips.map(async (chip) => {
    const found: { row: IsaRow; text: readonly string[] }[] = [], refused: Refused[] = [];
    await compileOn(chip, kernels, cache, (index, compiled) => {
      const { name } = kernels[index];
      if ("refused" in compiled) refused.push({ kernel: name, chip: chip.name, reason: compiled.refused });
      else {
        const row = isaRow(name, specialisationOf(kernels[index]), chip.name, compiled.code);
        found[index] = { row, text: compiled.text };
      }
      progress?.(chip, index);
    });
    const made = found.filter((entry) => entry !== undefined); // those refused leave a gap
    return { rows: made.map(({ row }) => row), texts: made.map(({ text }) => text), refused };
  }));
  return {
    rows: parts.flatMap(({ rows }) => rows),
    texts: parts.flatMap(({ texts }) => texts),
    refused: parts.flatMap(({ refused }) => refused),
  };
}
