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

/** The text of a number with the sign that is as wide as a plus; none where nothing but zeros is left of it. */
export function withMinus(text: string): string {
  return text.replace("-", Number(text) === 0 ? "" : "−");
}

/** A value with four significant digits, or as many decimals as asked for; a dash where there is none. */
export function number(value: number | null | undefined, decimals?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (decimals !== undefined) return withMinus(value.toFixed(decimals));
  const size = Math.abs(value);
  return withMinus(value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3));
}

/** A p-value; small ones by their power of ten. */
export function pText(p: number): string {
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}

/** Seconds as a person says them. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A count with thin spaces between thousands. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A difference with its interval, all with as many decimals as the largest deserves: +0.04 [−0.02, 0.11]. */
export function withInterval(value: number, interval: readonly [number, number] | null): string {
  const largest = Math.max(Math.abs(value), ...(interval ?? []).map(Math.abs));
  const decimals = largest > 0 ? Math.min(9, Math.max(0, Math.ceil(1.3 - Math.log10(largest)))) : 0;
  const text = (part: number) => withMinus(part.toFixed(decimals));
  return `${value > 0 ? "+" : ""}${text(value)}${interval ? ` [${interval.map(text).join(", ")}]` : ""}`;
}

/** A value with its sign: +0.036. */
export function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${number(value)}`;
}

/** Things in a row: a, b and c. */
export function listText(things: readonly string[], last = "and"): string {
  return things.length < 2 ? things.join("") : `${things.slice(0, -1).join(", ")} ${last} ${things.at(-1)}`;
}

/** A count and what is counted: 1 drug, 2 drugs. */
export function counted(count: number, thing: string): string {
  return `${countText(count)} ${thing}${count === 1 ? "" : "s"}`;
}
