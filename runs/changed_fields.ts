/**
 * Where two values of JSON differ, a sentence each: `split.number is 2, the run began with 1`.
 *
 * @param mayChange paths that are left out
 */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  mayChange: readonly string[],
  path = "",
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) => {
    const here = path === "" ? key : `${path}.${key}`;
    const [a, b] = [before[key], now[key]];
    if (mayChange.includes(here)) return [];
    if (isRecord(a) && isRecord(b)) return changedFields(a, b, mayChange, here);
    return shown(a) === shown(b) ? [] : [`${here} is ${cut(shown(b))}, the run began with ${cut(shown(a))}`];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? "not given" : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
