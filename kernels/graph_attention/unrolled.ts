/**
 * Writes lines out that hold a mark: `@q` once a quad of channels, `@w` once a word of signs, `@k` once a staged edge, `@s` once a quad of a
 * span. `@q` becomes the number, `@qu` the number as u32; beside `@q`, `@e` is the word that holds a quad's signs and `@nu` the bit that
 * they begin at.
 */
export function unrolled(
  code: string,
  counts: Readonly<Partial<Record<"q" | "w" | "k" | "s", number>>>,
): string {
  return code.split("\n").flatMap((line) => {
    if (line.trimStart().startsWith("//")) return [line];
    const mark = (Object.keys(counts) as (keyof typeof counts)[]).find((mark) => hasMark(line, mark));
    if (mark === undefined) return [line];
    return Array.from({ length: counts[mark] ?? 1 }, (_, n) => {
      const written = replaced(line, mark, n);
      return mark === "q" ? replaced(replaced(written, "e", Math.floor(n / 8)), "n", 4 * (n % 8)) : written;
    });
  }).join("\n");
}

const hasMark = (line: string, mark: string) => new RegExp(`@${mark}u?\\b`).test(line);

const replaced = (line: string, mark: string, n: number) =>
  line.replaceAll(new RegExp(`@${mark}(u?)\\b`, "g"), (_, unsigned) => `${n}${unsigned}`);
