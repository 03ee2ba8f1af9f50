/**
 * The shortest decimal text that reads back as the same float32.
 *
 * `String(value)` would print the float64 digits (0.10000000149011612); seven to nine significant digits are enough.
 * Negative zero keeps its sign, so that writing and reading a table gives the same bytes.
 */
export function float32Text(value: number): string {
  if (Object.is(value, -0)) return "-0";
  for (let digits = 6; digits <= 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(value);
}
