import type { Chip } from "../lens/chips.ts";
import { findDriver } from "../lens/driver.ts";
import type { IsaRow } from "../lens/isa_row.ts";
import { type LensKernel, lensReport } from "../lens/lens_rows.ts";

/** The machine code of a captured shader and of its edit on one chip. */
export interface EditLens {
  readonly chip: string;
  readonly captured: IsaRow;
  readonly edited: IsaRow;
}

/**
 * What an edit changes for chips that are not here, by their own compilers; of those chips whose no-op driver is there.
 * A chip that refuses one of the two, as all do where subgroup operations are used, is left out.
 */
export async function editLens(
  captured: LensKernel,
  edited: LensKernel,
  chips: readonly Chip[],
  cache: string,
): Promise<EditLens[]> {
  const there = chips.filter((chip) => findDriver(chip, cache));
  if (there.length === 0) return [];
  const { rows } = await lensReport([captured, edited], there, cache);
  return there.flatMap(({ name }) => {
    const [first, second] = rows.filter(({ chip }) => chip === name);
    return second ? [{ chip: name, captured: first, edited: second }] : [];
  });
}

/** One line a chip: what differs. */
export function editLensText(lenses: readonly EditLens[]): string {
  return lenses.map(({ chip, captured, edited }) => {
    const told = figures.flatMap(([name, of]) => {
      const [before, after] = [of(captured), of(edited)];
      return before === after ? [] : [`${name} ${before} -> ${after}`];
    });
    return `${chip}: ${told.join(", ") || "the machine code is the same in all figures"}`;
  }).join("\n");
}

const figures: readonly (readonly [string, (row: IsaRow) => number | string])[] = [
  ["registers", ({ registers }) => registers],
  ["occupancy", ({ occupancy }) => occupancy],
  ["instructions", ({ instructions }) => instructions],
  ["spills", ({ spills }) => spills],
  ["local bytes", ({ localBytes }) => localBytes],
  ["workgroup bytes", ({ workgroupBytes }) => workgroupBytes],
  ["multiply-adds of the hottest loop", ({ loop }) => `${loop.multiplyAdds} of ${loop.instructions}`],
  ["bounds checks in it", ({ loop }) => loop.checks],
];
