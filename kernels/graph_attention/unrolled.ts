import { repeatLines, replaceMark } from "../repeat_lines.ts";

/**
 * Writes lines out that hold a mark: `@q` once a quad of channels, `@w` once a word of signs, `@k` once a staged edge, `@s` once a quad of a
 * span. `@q` becomes the number, `@qu` the number as u32; beside `@q`, `@e` is the word that holds a quad's signs and `@nu` the bit that
 * they begin at.
 */
export function unrolled(
  code: string,
  counts: Readonly<Partial<Record<"q" | "w" | "k" | "s", number>>>,
): string {
  return Object.entries(counts).reduce(
    (text, [mark, times]) => repeatLines(text, mark, times, mark === "q" ? ofQuad : undefined),
    code,
  );
}

const ofQuad = (line: string, quad: number) =>
  replaceMark(replaceMark(line, "e", Math.floor(quad / 8)), "n", 4 * (quad % 8));
