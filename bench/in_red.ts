/** A line of a terminal in red; plain where there is none, or no colour is wanted. */
export function inRed(text: string): string {
  return Deno.stdout.isTerminal() && !Deno.noColor ? `\x1b[31m${text}\x1b[0m` : text;
}
