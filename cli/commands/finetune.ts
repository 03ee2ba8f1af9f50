import { Command, Option } from "@commander-js/extra-typings";
import { checkDataFolder } from "../../datasets/readers/data_folder.ts";
import { presets } from "../../models/presets.ts";
import { overrideRunConfig } from "../../models/resolve_run_config.ts";
import type { RunConfig } from "../../models/run_config.ts";
import type { CommandContext } from "../context.ts";
import { startRun } from "../run_command.ts";
import { freeRunPath, readRunConfig } from "../run_folder.ts";
import { UsageError } from "../usage_error.ts";
import { ppiChoice } from "./ppi_choice.ts";
import { configFile, runName } from "./train.ts";
import { overridesOf, requireConsistent, trainingCommand, type TrainingFlags } from "./training_options.ts";

const examples = `
Examples:
  perturbine finetune csg2a --from runs/csg2a-skbr3 --data data/gdsc
  perturbine finetune csg2a --from weights.pt --data data/gdsc --preset released --split drug-blind --fold 3
  perturbine finetune csg2a --from runs/csg2a-skbr3 --data data/gdsc --unfrozen

The model's sizes and switches are those of the run named by --from; without --from the network starts at random.
A run names its genes, and data in another order are put in it; a bare checkpoint names none: give its order.`;

type FinetuningFlags = TrainingFlags & {
  readonly headInput?: "raw" | "scaled";
  readonly frozenMode?: "train" | "eval";
  readonly unfrozen?: true;
};

/** \`perturbine finetune csg2a\`: transfer to ln IC50. */
export function finetuneCommand(context: CommandContext) {
  const csg2a = trainingCommand("csg2a")
    .description("Fine-tune CSG2A on label.csv (ln IC50) and gex_before.csv")
    .optionsGroup("Transfer:")
    .addOption(
      new Option("--head-input <profile>", "basal profile that the head sees").choices(
        ["raw", "scaled"] as const,
      ),
    )
    .addOption(
      new Option("--frozen-mode <mode>", "what BatchNorm and dropout of the frozen network do")
        .choices(["train", "eval"] as const),
    )
    .option("--unfrozen", "train the transferred network too")
    .addHelpText("after", examples)
    .action(async (flags) => {
      const config = await finetuningConfig(flags);
      await startRun(config, flags.out ?? await freeRunPath(runName("finetune", config)), flags, context);
    });
  return new Command("finetune").description("Fine-tune a model on drug response").addCommand(
    csg2a,
  );
}

async function finetuningConfig(flags: FinetuningFlags): Promise<RunConfig> {
  requireConsistent(flags);
  if (flags.unfrozen && flags.frozenMode !== undefined) {
    throw new UsageError("--frozen-mode has no meaning with --unfrozen; give one of them.");
  }
  const source = await sourceRun(flags.from);
  const base = flags.config === undefined
    ? inherit(presets[flags.preset ?? presetOf(source)]("finetuning"), source)
    : await configFile(flags.config, "finetuning");
  const overrides = overridesOf(flags, base);
  const data = overrides.data ?? base.data;
  const folder = data?.source === "folder" ? data.folder : undefined;
  if (!data) {
    throw new UsageError(
      "No data were named; give a folder with label.csv and gex_before.csv with --data DIR.",
    );
  }
  if (folder !== undefined) await checkDataFolder(folder, "fine-tuning");
  const settled = flags.ppi === undefined && (source !== undefined || flags.config !== undefined);
  const ppi = settled ? {} : await ppiChoice(flags.ppi, folder);
  return overrideRunConfig(base, {
    ...overrides,
    ppi: { ...ppi, ...overrides.ppi },
    model: {
      ...overrides.model,
      headInput: flags.headInput,
      frozenMode: flags.frozenMode,
      frozen: flags.unfrozen ? false : undefined,
    },
  });
}

/** The configuration of the run that is taken over; undefined for a bare checkpoint or none. */
async function sourceRun(from: string | undefined): Promise<RunConfig | undefined> {
  if (from === undefined) return undefined;
  const stat = await Deno.stat(from).catch(() => undefined);
  return stat?.isDirectory ? await readRunConfig(from) : undefined;
}

function presetOf(source: RunConfig | undefined): "released" | "small" {
  return source?.preset === "released" ? "released" : "small";
}

/** Sizes, switches, edges and distances of the network that is taken over. */
function inherit(preset: ReturnType<typeof presets.small>, source: RunConfig | undefined) {
  if (!source) return preset;
  const { variant, hiddenWidth, mat, plainLinear } = source.model;
  return {
    ...preset,
    ppi: source.ppi,
    molecules: { ...preset.molecules, distances: source.molecules.distances },
    model: { ...preset.model, variant, hiddenWidth, mat, plainLinear },
  };
}
