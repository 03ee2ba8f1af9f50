/** Eight hues that also colour-blind readers tell apart (Okabe and Ito), red, green and blue from 0 to 1. */
const hues: readonly (readonly [number, number, number])[] = [
  [0.34, 0.71, 0.91],
  [0.9, 0.62, 0],
  [0, 0.62, 0.45],
  [0.8, 0.47, 0.65],
  [0.94, 0.89, 0.26],
  [0, 0.45, 0.7],
  [0.84, 0.37, 0],
  [0.6, 0.6, 0.6],
];

/** Highlight colour of a fragment, light enough for black lines on it. */
export function fragmentColour(fragment: number): readonly [number, number, number] {
  const [r, g, b] = hues[fragment % hues.length];
  const lighter = (value: number) => 1 - 0.65 * (1 - value);
  return [lighter(r), lighter(g), lighter(b)];
}

/** The same as CSS, full strength. */
export function fragmentCss(fragment: number): string {
  return `rgb(${hues[fragment % hues.length].map((value) => Math.round(255 * value)).join(" ")})`;
}

/** A, B, C, ... by which drawing, table and diagram name a fragment. */
export function fragmentLetter(fragment: number): string {
  const letter = String.fromCharCode(65 + fragment % 26);
  return fragment < 26 ? letter : `${letter}${Math.floor(fragment / 26) + 1}`;
}
