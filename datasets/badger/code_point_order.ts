/** Compares names by code point, as pandas and Python sort them: capitals before small letters, no locale. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
