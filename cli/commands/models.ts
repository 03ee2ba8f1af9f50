import { Command } from "commander";
import { z } from "zod";
import type { Model } from "../../models/model.ts";
import { models } from "../../models/registry.ts";

/** `perturbine models`: the registry. */
export function modelsCommand(): Command {
  return new Command("models")
    .description("List the models and baselines with their layouts, presets and settings")
    .option("--json", "print them as JSON, with the schema of their settings and all defaults")
    .addHelpText(
      "after",
      "\nExamples:\n  perturbine models\n  perturbine train ridge --help     its settings",
    )
    .action(({ json }: { readonly json?: boolean }) => {
      if (json) return console.log(JSON.stringify(models.map(described), null, 1));
      const groups = [
        ["Models", models.filter(({ role }) => role === "model")],
        [
          "Baselines, fitted in closed form and put beside every model",
          models.filter(({ role }) => role === "baseline"),
        ],
        ["Meant to be bad", models.filter(({ role }) => role === "negative")],
      ] as const;
      for (const [title, members] of groups) console.log([title, ...members.map(line), ""].join("\n"));
      console.log("`perturbine train NAME --help` shows the settings of each.");
    });
}

function line({ name, summary, layouts, presets }: Model): string {
  const names = Object.keys(presets);
  const sizes = names.length > 1 ? `; presets ${names.join(", ")}` : "";
  return `  ${name.padEnd(18)}${summary}\n${" ".repeat(20)}data: ${layouts.join(", ")}${sizes}`;
}

function described({ name, title, summary, role, layouts, presets, settings, looksAtTraining }: Model) {
  return {
    name,
    title,
    summary,
    role,
    layouts,
    looksAtTraining,
    trained: Object.values(presets).some(({ training }) => training !== undefined),
    presets,
    settings: z.toJSONSchema(settings, { io: "input", unrepresentable: "any" }),
  };
}
