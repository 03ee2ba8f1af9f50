/** Three significant digits, with thousands apart. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3) return value.toExponential(1).replace("-", "−");
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en-GB")
    : String(Number(value.toPrecision(3)));
}
