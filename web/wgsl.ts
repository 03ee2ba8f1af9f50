/**
 * WGSL without what a compiler does not read: comments, indentation, blank lines. Lines stay lines, since some kernels are written out
 * line by line (`@s`), and nothing else is touched.
 */
export function minifyWgsl(text: string): string {
  return text.replaceAll(/\/\/[^\n]*/g, "").split("\n").map((line) => line.trim()).filter(Boolean).join(
    "\n",
  ) +
    "\n";
}

/** WGSL that lost its indentation, indented by its brackets. */
export function indentWgsl(text: string): string {
  let depth = 0;
  return text.split("\n").map((line) => {
    const bare = line.trim();
    const code = bare.replace(/\/\/.*/, "");
    const closing = /^[)\]}]+/.exec(code)?.[0].length ?? 0;
    const indent = Math.max(0, depth - closing);
    depth += (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
    return "  ".repeat(bare === "" ? 0 : indent) + bare;
  }).join("\n");
}
