import type { Command } from "commander";
import { Engine, type EngineObserver } from "../engine/mod.ts";
import type { CommandContext } from "./context.ts";
import { commandText } from "./command_text.ts";
import { UsageError } from "./usage_error.ts";

/** Thrown by an observer that has seen enough. */
export class SeenEnough extends Error {
  /** Name of the class. */
  override name = "SeenEnough";
}

/** An observer that ends a command early, and is attached to every engine the command opens. */
export interface CommandObserver extends EngineObserver {
  /** The engine that replays are to come from. */
  attach(engine: Engine): void;
}

/** What runs where no command is named: it needs no data. */
export const standInCommand: readonly string[] = ["demo", "--epochs", "1"];

/**
 * Runs another command of this program with an observer on its engine, until the observer throws `SeenEnough` or the
 * command ends. Unless the command line names a run folder, the run is written to a temporary one and forgotten.
 *
 * @throws what the command throws
 */
export async function runObserved(
  words: readonly string[],
  context: CommandContext,
  observer: CommandObserver,
): Promise<void> {
  const known = optionsOf(context.program(words), words);
  const own = known.has("--out") && !words.includes("--out");
  const folder = own ? await Deno.makeTempDir({ prefix: "perturbine-" }) : undefined;
  const args = folder === undefined ? [...words] : [...words, "--out", `${folder}/run`];
  if (known.has("--quiet") && !args.includes("--quiet")) args.push("--quiet");
  const program = context.program(args);
  throwInsteadOfExit(program, words);
  const before = Engine.onOpen;
  Engine.onOpen = (engine) => {
    engine.device.observer = observer;
    observer.attach(engine);
  };
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof SeenEnough)) throw error;
  } finally {
    Engine.onOpen = before;
    if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  }
}

/** Options of the command that some words name: only those may be added to its line. */
function optionsOf(program: Command, words: readonly string[]): ReadonlySet<string> {
  let command = program;
  for (const word of words) {
    const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!child) break;
    command = child;
  }
  return new Set(command.options.flatMap(({ long }) => long ?? []));
}

function throwInsteadOfExit(command: Command, words: readonly string[]): void {
  command.exitOverride(({ message }) => {
    throw new UsageError(`\`${commandText(words)}\` cannot be run: ${message.replace(/^error: /, "")}`);
  });
  command.configureOutput({ writeErr: () => {} });
  for (const child of command.commands) throwInsteadOfExit(child, words);
}
