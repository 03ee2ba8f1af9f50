import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { Markup } from "./kit/markup.ts";

/** Red, green and blue from 0 to 1 by atom. */
export type AtomColours = ReadonlyMap<number, readonly [number, number, number]>;

/** RDKit's colours of elements that are hard to see on dark paper, as the page's. */
const pageColours: Readonly<Record<string, string>> = {
  "#000000": "var(--ink)",
  "#0000FF": "var(--atom-n)",
  "#4284F4": "var(--atom-n)",
  "#FF0000": "var(--atom-o)",
  "#7F7F7F": "var(--muted)",
};

/**
 * Structures in the page's colours, light or dark; nothing where a SMILES cannot be drawn. Highlighted ones keep RDKit's, for
 * white paper.
 */
export async function drawings(
  smiles: readonly string[],
  size: { readonly width: number; readonly height: number },
  colours?: AtomColours,
): Promise<(Markup | false)[]> {
  const chemistry = await Chemistry.load();
  return smiles.map((text) => {
    if (chemistry.parse(text) === undefined) return false;
    const svg = chemistry.drawing(text, size, colours).replace(/ xmlns:rdkit='[^']*'/, "");
    return new Markup(
      colours ? svg : svg.replace(/#[0-9A-F]{6}/g, (colour) => pageColours[colour] ?? colour),
    );
  });
}
