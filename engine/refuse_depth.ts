import { GpuError } from "./errors.ts";

/** WGSL itself allows braces 127 deep; compilers were seen to end the process somewhere beyond 2,000 levels of anything. */
const deepest = 1000;

/** Compilers follow a declaration to those that it needs, a level each; 100,000 that need one another ended the process. */
const mostDeclarations = 2000;

/**
 * Refuses WGSL so deep that a compiler would run out of stack, which ends the process: brackets within brackets, and operators
 * or `else` branches in a row, for each of which compilers go down a level. Comments must be gone.
 *
 * @throws {GpuError} with the place
 */
export function refuseDepth(name: string, text: string): void {
  const declared = text.match(/\b(?:fn|struct|alias|const|override)\b/g)?.length ?? 0;
  if (declared > mostDeclarations) {
    throw new GpuError(
      `kernel ${name}: ${declared} declarations, expected ${mostDeclarations} at most; give it what it uses alone.`,
    );
  }
  const rows = [0]; // of the text and of every open bracket: operators since its last "," or ";"
  let depth = 0;
  const add = (levels: number) => {
    rows[rows.length - 1] += levels;
    depth += levels;
  };
  for (const { 0: mark, index } of text.matchAll(/[([{]|[)\]]|\}(?:\s*else\b)?|[,;]|[-+*/%&|^!~<>=.]/g)) {
    if (/^[([{]/.test(mark)) {
      add(1);
      rows.push(0);
    } else if (/^[)\]}]/.test(mark)) {
      if (rows.length > 1) depth -= rows.pop()!;
      if (mark === "}") add(-rows.at(-1)!); // a statement ends
    } else if (/^[,;]/.test(mark)) add(-rows.at(-1)!);
    else add(1);
    if (depth <= deepest) continue;
    throw new GpuError(
      `kernel ${name}: at "${
        text.slice(Math.max(0, index - 20), index + 1)
      }" the WGSL is more than ${deepest} levels deep ` +
        "(brackets within brackets, operators or branches in a row), which compilers do not survive; " +
        "give parts of the expression names, or make it a loop.",
    );
  }
}
