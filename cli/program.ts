import { Command } from "commander";
import { version } from "../runs/environment.ts";
import { benchCommand } from "./commands/bench.ts";
import { collectCommand } from "./commands/collect.ts";
import { compareCommand } from "./commands/compare.ts";
import { completionCommand } from "./commands/completion.ts";
import { convertCommand } from "./commands/convert.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { gpuSurveyCommand } from "./commands/gpu_survey.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { kernelCommand } from "./commands/kernel.ts";
import { modelsCommand } from "./commands/models.ts";
import { predictCommand } from "./commands/predict.ts";
import { prepareCommand } from "./commands/prepare.ts";
import { rankCommand } from "./commands/rank.ts";
import { profileCommand } from "./commands/profile.ts";
import { resumeCommand } from "./commands/resume.ts";
import { screenCommand } from "./commands/screen.ts";
import { studyCommand } from "./commands/study.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { demoCommand, finetuneCommand, trainCommand } from "./commands/train.ts";
import { tuneCommand } from "./commands/tune.ts";
import type { CommandContext } from "./context.ts";
import { refuseRanks } from "./ranks.ts";

const help = `
Start here:
  perturbine doctor                          which adapter is used, and how fast it is
  perturbine demo                            simulated data, two minutes, a report at the end
  perturbine models                          what can be trained, and on which data
  perturbine train csg2a --data DIR          your data in the released CSG2A layout
  perturbine train badger                    rank genes by drug and cell line; simulated data without --data
  perturbine COMMAND --help                  options and examples of a command

With any command:
  --backend dawn                 run on Dawn, Chrome's WebGPU, from npm (132 MB, once) instead of Deno's own: it offers
                                 subgroups; it refuses older Mesa drivers and then takes SwiftShader
  --adapter INDEX|NAME           the Vulkan driver to take, as doctor --all lists them; 0,1: by rank of a machine
  PERTURBINE_ADAPTER=swiftshader (environment) take the software driver from npm, whatever the system has`;

/** The whole command line as a tree of commands. */
export function createProgram(context: CommandContext): Command {
  const program = new Command("perturbine")
    .description("Trains and runs drug-perturbation models on any WebGPU adapter.")
    .version(version)
    .addHelpText("after", help);
  const commands = [
    demoCommand(context),
    trainCommand(context),
    finetuneCommand(context),
    resumeCommand(context),
    evaluateCommand(context),
    compareCommand(context),
    studyCommand(context),
    collectCommand(),
    sweepCommand(context),
    predictCommand(),
    exportCommand(),
    rankCommand(),
    screenCommand(),
    explainCommand(),
    modelsCommand(),
    inspectCommand(),
    prepareCommand(),
    convertCommand(),
    doctorCommand(),
    benchCommand(context),
    gpuSurveyCommand(),
    kernelCommand(context),
    profileCommand(context),
    tuneCommand(context),
    completionCommand(() => program),
  ];
  for (const command of commands) program.addCommand(command as unknown as Command);
  program.hook("preAction", (_, action) => refuseRanks(topOf(action)));
  return program;
}

/** Name of the program's command that leads to this one. */
function topOf(command: Command): string {
  return command.parent?.parent ? topOf(command.parent) : command.name();
}
