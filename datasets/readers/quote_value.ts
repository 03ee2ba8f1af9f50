/** A value as found in a file, quoted for a message: control characters escaped, long ones cut to `limit` characters. */
export function quoteValue(value: string, limit = 60): string {
  return JSON.stringify(value.length > limit ? value.slice(0, limit) + "…" : value);
}
