/** A share as a percentage with as many digits as it needs. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${withMinus(value.toFixed(Math.abs(value) < 10 ? 1 : 0))}\u00a0%`;
}

/** Bytes in the largest unit that leaves a number above one. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

/** The text of a number with the sign that is as wide as a plus. */
export function withMinus(text: string): string {
  return text.replace("-", "−");
}
