import { type Command, Option } from "commander";
import type { DrugIdentity } from "../../datasets/dataset.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import type { Layout } from "../../datasets/layouts/layout.ts";
import type { Model } from "../../models/model.ts";
import type { RunWish } from "../../runs/configure.ts";
import { UsageError } from "../usage_error.ts";
import { flagsFromSchema, type SchemaFlags } from "./flags_from_schema.ts";
import { namedNumbers } from "./words.ts";

/** Flags that say which rows are read, and how. */
export interface DataFlags {
  addTo(command: Command): void;
  /** @throws {UsageError} when they contradict each other. */
  read(options: Readonly<Record<string, unknown>>): Pick<RunWish, "data" | "layout" | "identity" | "reading">;
}

/** The layouts that a model takes. */
function layoutsOf({ layouts: names }: Pick<Model, "layouts">): readonly Layout[] {
  return names.map(layoutNamed);
}

/** The flags for data of a model's layouts: what one of them can be asked, once. */
export function dataFlags(model: Pick<Model, "layouts" | "presets">): DataFlags {
  const taken = layoutsOf(model);
  const readings = withoutRepeats(taken.map((layout) => {
    const defaults = layout.settings.parse({}) as object;
    const presets = Object.entries(model.presets).map((
      [name, { reading }],
    ) => [name, { ...defaults, ...reading }]);
    return flagsFromSchema(layout.settings, { presets: Object.fromEntries(presets) });
  }));
  return {
    addTo(command) {
      command.optionsGroup("Data:")
        .option(
          "--data <dir>",
          `folder of files (default: the built-in simulator): ${
            taken.map(({ title }) => title).join("; or ")
          }`,
        )
        .option(
          "--simulator <name=n,...>",
          "options of the built-in simulator, such as genes=160,seed=7",
          namedNumbers,
        );
      if (taken.length > 1) {
        command.addOption(
          new Option(
            "--layout <name>",
            `how the data lie (default: told by the files; simulator: ${taken[0].name})`,
          )
            .choices(taken.map(({ name }) => name)),
        );
      }
      command
        .addOption(
          new Option(
            "--identity <how>",
            "which structures are one drug (default: parent: salts and charges dropped)",
          )
            .choices(["spelling", "canonical", "parent", "flat"]),
        );
      for (const flags of readings) flags.addTo(command, "Data:");
    },
    read(options) {
      const { data, simulator, layout, identity } = options as {
        readonly data?: string;
        readonly layout?: string;
        readonly simulator?: Record<string, number>;
        readonly identity?: DrugIdentity;
      };
      if (data !== undefined && simulator !== undefined) {
        throw new UsageError("--simulator has no meaning with --data; give one of them.");
      }
      return {
        data: data ?? (simulator && { source: "simulator", options: simulator }),
        layout,
        identity,
        reading: Object.assign({}, ...readings.map((flags) => flags.given(options))),
      };
    },
  };
}

/** Two layouts may know the same setting by the same name: it is one flag. */
function withoutRepeats(groups: readonly SchemaFlags[]): SchemaFlags[] {
  const seen = new Set<string>();
  return groups.map((flags) => {
    const fresh = flags.only((name) => !seen.has(name));
    for (const name of fresh.names) seen.add(name);
    return fresh;
  });
}
