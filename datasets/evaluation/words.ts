import type { Interval } from "../statistics/bootstrap.ts";

/** A number with so many significant digits, never in powers of ten between 1e-4 and 1e6. */
export function figures(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  // As it will be rounded: 0.9999 has a digit more before the point than its logarithm says.
  const size = Math.abs(Number(value.toPrecision(digits)));
  if (size < 1e-4 || size >= 1e6) return value.toExponential(digits - 1);
  return value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

/** `0.0026 [-0.0040, 0.0090]`, with the digits that the wider end deserves; the value alone without an interval. */
export function withInterval({ value, low, high }: Interval): string {
  const numbers = [value, low ?? 0, high ?? 0];
  const widest = Number(Math.max(...numbers.map(Math.abs)).toPrecision(2));
  const decimals = widest === 0 ? 0 : Math.max(0, 1 - Math.floor(Math.log10(widest)));
  const text = (x: number) => {
    if (decimals > 6) return figures(x, 2);
    const digits = x.toFixed(decimals);
    return Number(digits) === 0 ? digits.replace("-", "") : digits;
  };
  return low === null || high === null ? text(value) : `${text(value)} [${text(low)}, ${text(high)}]`;
}

/** `1 drug`, `24 drugs`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** `a, b and c`. */
export function listed(things: readonly string[]): string {
  return things.length < 2 ? things.join("") : `${things.slice(0, -1).join(", ")} and ${things.at(-1)}`;
}
