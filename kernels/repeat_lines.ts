/**
 * WGSL in which every line with the mark `@x` stands so many times, the mark replaced by 0, 1, ... (`@xu` by 0u, 1u, ...): what
 * registers need written out, since an array indexed by a variable would lie in memory. Comments stay as they are.
 *
 * @param mark the letter behind the @
 */
export function repeatLines(code: string, mark: string, times: number): string {
  const marked = new RegExp(`@${mark}(?=u?\\b)`, "g");
  return code.split("\n").flatMap((line) =>
    line.trimStart().startsWith("//") || line.search(marked) < 0
      ? [line]
      : Array.from({ length: times }, (_, k) => line.replaceAll(marked, `${k}`))
  ).join("\n");
}
