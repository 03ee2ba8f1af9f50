import { Command } from "@commander-js/extra-typings";
import { basename } from "node:path";
import { checkDataFolder } from "../../datasets/readers/data_folder.ts";
import { UserError } from "../../datasets/user_error.ts";
import { overrideRunConfig } from "../../models/resolve_run_config.ts";
import type { RunConfig } from "../../models/run_config.ts";
import { runConfigSchema } from "../../models/run_config_schema.ts";
import { presets } from "../../models/presets.ts";
import type { CommandContext } from "../context.ts";
import { parseJson } from "../../runs/parse_json.ts";
import { startRun } from "../run_command.ts";
import { freeRunPath } from "../run_folder.ts";
import { UsageError } from "../usage_error.ts";
import { rankingFamilies } from "../../models/ranking_run_config.ts";
import { ppiChoice } from "./ppi_choice.ts";
import { trainRankingCommand } from "./train_ranking.ts";
import { overridesOf, requireConsistent, trainingCommand, type TrainingFlags } from "./training_options.ts";

const examples = `
Examples:
  perturbine train csg2a --data data/skbr3 --preset small
  perturbine train csg2a --data data/a375 --variant matmul --split blind --seed 7 --out runs/a375-blind
  perturbine train csg2a --data data/skbr3 --drug removed --ppi STRING_edges.csv
  perturbine train csg2a --config runs/skbr3/config.json --seed 8

Presets: small (MAT 64 wide, 2 layers; the default) and released (MAT 1024 wide, 8 layers: 7 GFLOP a molecule, for a GPU).`;

/** \`perturbine train\`: pretraining of CSG2A on perturbed profiles, and the models that rank genes. */
export function trainCommand(context: CommandContext) {
  const csg2a = trainingCommand("csg2a")
    .description("Pretrain CSG2A on condition_table.csv, gex_DMSO.csv, gex_comp.csv and STRING edges")
    .addHelpText("after", examples)
    .action(async (flags) => {
      const config = await pretrainingConfig(flags);
      await startRun(config, flags.out ?? await freeRunPath(runName("csg2a", config)), flags, context);
    });
  const train = new Command("train").description("Train a model on perturbed profiles").addCommand(csg2a);
  for (const family of rankingFamilies) train.addCommand(trainRankingCommand(family, context));
  return train;
}

async function pretrainingConfig(flags: TrainingFlags): Promise<RunConfig> {
  requireConsistent(flags);
  const base = flags.config === undefined
    ? presets[flags.preset ?? "small"]("pretraining")
    : await configFile(flags.config, "pretraining");
  const overrides = overridesOf(flags, base);
  const data = overrides.data ?? base.data;
  const folder = data?.source === "folder" ? data.folder : undefined;
  if (!data) {
    throw new UsageError("No data were named; give a folder in the released layout with --data DIR.");
  }
  if (folder !== undefined) await checkDataFolder(folder, "pretraining");
  // A configuration file settles its edges already, unless the data change.
  const settled = flags.config !== undefined && flags.data === undefined && flags.ppi === undefined;
  const ppi = settled ? {} : await ppiChoice(flags.ppi, folder);
  return overrideRunConfig(base, { ...overrides, ppi: { ...ppi, ...overrides.ppi } });
}

/** Reads a `config.json`. @throws {UserError} when it is damaged or of another stage. */
export async function configFile(path: string, stage: RunConfig["stage"]): Promise<RunConfig> {
  const config = await parseJson(path, runConfigSchema);
  if (config.stage !== stage) {
    throw new UserError(
      `${path}: its stage is ${config.stage}, expected ${stage}; use ${
        stage === "pretraining" ? "`finetune csg2a`" : "`train csg2a`"
      }.`,
    );
  }
  return config;
}

/** A name for a run folder from what it is trained on. */
export function runName(prefix: string, config: RunConfig): string {
  const data = config.data.source === "folder" ? basename(config.data.folder) : "simulator";
  const control = config.molecules.drug === "intact" ? "" : `-drug-${config.molecules.drug}`;
  return `${prefix}-${data}${control}`.replace(/[^\w.-]+/g, "-");
}
