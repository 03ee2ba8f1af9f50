/** Lines below a sentence, each on its own; what is beyond `most` is counted. */
export function listLines(lines: readonly string[], most = 40): string {
  const shown = lines.slice(0, most).map((line) => `\n  ${line}`).join("");
  return lines.length > most ? `${shown}\n  and ${lines.length - most} more` : shown;
}
