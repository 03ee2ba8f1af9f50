/**
 * WGSL in which every line with the mark `@x` stands so many times, the mark replaced by 0, 1, ... (`@xu` by 0u, 1u, ...): what
 * registers need written out, since an array indexed by a variable would lie in memory. Comments stay as they are.
 *
 * @param mark the letter behind the @
 * @param also what else a line becomes that stands for the kth time
 */
export function repeatLines(
  code: string,
  mark: string,
  times: number,
  also: (line: string, k: number) => string = (line) => line,
): string {
  const marked = markOf(mark);
  return code.split("\n").flatMap((line) =>
    line.trimStart().startsWith("//") || line.search(marked) < 0
      ? [line]
      : Array.from({ length: times }, (_, k) => also(replaceMark(line, mark, k), k))
  ).join("\n");
}

/** A line with a number in the place of a mark. */
export function replaceMark(line: string, mark: string, value: number): string {
  return line.replaceAll(markOf(mark), `${value}`);
}

const markOf = (mark: string) => new RegExp(`@${mark}(?=u?\\b)`, "g");
