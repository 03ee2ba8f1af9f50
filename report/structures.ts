import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { Markup, markup } from "./kit/markup.ts";

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

/** Molecules side by side, each with its name and what is said of it; those that cannot be drawn are left out. */
export async function moleculeRow(
  molecules: readonly { readonly name: string; readonly smiles: string; readonly said: Markup | string }[],
): Promise<Markup> {
  const svgs = await drawings(molecules.map(({ smiles }) => smiles), { width: 240, height: 170 });
  const figures = molecules.map(({ name, said }, k) =>
    svgs[k] &&
    markup`<figure class="molecule">${
      svgs[k]
    }<figcaption><strong>${name}</strong> ${said}</figcaption></figure>`
  );
  return markup`<div class="molecules">${figures}</div>`;
}
