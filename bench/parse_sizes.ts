import type { Sizes } from "./kernel_case.ts";

/**
 * Reads `genes=978,batch=16` over a kernel's default sizes.
 *
 * @throws {Error} one sentence, for a name the kernel has not, or a value that is no positive whole number.
 */
export function parseSizes(text: string, defaults: Sizes): Sizes {
  const sizes: Record<string, number> = { ...defaults };
  for (const part of text.split(",").map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const [name, value, ...more] = part.split("=");
    if (!(name in defaults)) {
      throw new Error(`--sizes has "${name}", expected one of ${Object.keys(defaults).join(", ")}.`);
    }
    if (more.length > 0 || !/^[1-9]\d*$/.test(value ?? "")) {
      throw new Error(`--sizes has "${part}", expected ${name}= and a positive whole number.`);
    }
    sizes[name] = Number(value);
  }
  return sizes;
}
