import { Command, CommanderError, Option } from "commander";
import type { Model } from "../../models/model.ts";
import { UsageError } from "../usage_error.ts";
import { type AskedTraining, trainingFlags } from "./training_flags.ts";

/** The flags of several models at once: what is typed goes to every chosen model that has it. */
export interface SharedFlags {
  /** Help shows those that all models have. */
  addTo(command: Command): void;
  /** Flags that were typed. */
  typed(options: Readonly<Record<string, unknown>>): readonly string[];
  /** What each of the chosen models was asked. @throws {UsageError} for a flag that none of them has. */
  read(
    options: Readonly<Record<string, unknown>>,
    chosen: readonly Model[],
  ): Promise<{ readonly model: Model; readonly asked: AskedTraining }[]>;
}

/** Shares the flags of `models`, except those that the command has itself. */
export function sharedFlags(models: readonly Model[], except: readonly string[]): SharedFlags {
  const commands = new Map(models.map((model) => [model, commandOf(model)]));
  const known = new Map<string, { readonly option: Option; count: number; described: Set<string> }>();
  for (const { options } of commands.values()) {
    for (const option of options) {
      if (except.includes(option.long!)) continue;
      const entry = known.get(option.long!) ?? { option, count: 0, described: new Set() };
      if (entry.option.required !== option.required) {
        throw new Error(`${option.long} takes a value in one model and none in another.`);
      }
      entry.count++;
      entry.described.add(option.description);
      known.set(option.long!, entry);
    }
  }
  const given = (options: Readonly<Record<string, unknown>>) =>
    [...known.values()].map(({ option }) => option).filter((option) => {
      const value = options[option.attributeName()];
      return value !== undefined && (typeof value !== "boolean" || value === !option.negate);
    });
  return {
    typed: (options) => given(options).map(({ long }) => long!),
    addTo(command) {
      for (const { option, count, described } of known.values()) {
        // Defaults differ from model to model.
        const text = described.size > 1
          ? option.description.replace(/ \(default: [^)]*\)$/, "")
          : option.description;
        const raw = new Option(option.flags, text);
        raw.hideHelp(option.hidden || count < models.length);
        command.optionsGroup(option.helpGroupHeading ?? "Options:").addOption(raw);
      }
    },
    async read(options, chosen) {
      const typed = given(options);
      for (const { long } of typed) {
        if (chosen.some((model) => has(commands.get(model)!, long!))) continue;
        throw new UsageError(
          `${long}: none of ${chosen.map(({ name }) => name).join(", ")} has this flag; leave it out.`,
        );
      }
      return await Promise.all(chosen.map(async (model) => {
        const words = typed.filter(({ long }) => has(commands.get(model)!, long!)).flatMap((option) => {
          const value = options[option.attributeName()];
          return typeof value === "boolean" ? [option.long!] : [option.long!, String(value)];
        });
        return { model, asked: await parse(model, words) };
      }));
    },
  };
}

function commandOf(model: Model): Command {
  const command = new Command(model.name).exitOverride().configureOutput({ writeErr: () => {} });
  trainingFlags(model).addTo(command);
  return command;
}

function has(command: Command, long: string): boolean {
  return command.options.some((option) => option.long === long);
}

/** Reads words as `train MODEL` would. */
async function parse(model: Model, words: readonly string[]): Promise<AskedTraining> {
  const command = commandOf(model);
  try {
    command.parse([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${model.name}: ${error.message.replace(/^error: /, "")}`);
  }
  return await trainingFlags(model).read(command.opts());
}
