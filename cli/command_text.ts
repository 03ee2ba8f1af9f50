import { dawnVariable } from "../host/dawn/dawn.ts";

/** The words after `perturbine` as one would type them, with the option that the launcher has taken out. */
export function commandText(args: readonly string[]): string {
  const backend = Deno.env.get(dawnVariable) ? ["--backend", "dawn"] : [];
  return ["perturbine", ...[...args, ...backend].map(quoted)].join(" ");
}

/** The same without `--task`: what all processes that share its runs have in common. */
export function taskCommand(args: readonly string[]): string {
  return commandText(
    args.filter((word, k) => word !== "--task" && args[k - 1] !== "--task" && !word.startsWith("--task=")),
  );
}

/** As one would type it in a shell. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
