import { Command } from "@commander-js/extra-typings";
import { benchCommand } from "./commands/bench.ts";
import { compareCommand } from "./commands/compare.ts";
import { convertCommand } from "./commands/convert.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { explainCommand } from "./commands/explain.ts";
import { finetuneCommand } from "./commands/finetune.ts";
import { kernelCommand } from "./commands/kernel.ts";
import { predictCommand } from "./commands/predict.ts";
import { prepareCommand } from "./commands/prepare.ts";
import { rankCommand } from "./commands/rank.ts";
import { profileCommand } from "./commands/profile.ts";
import { resumeCommand } from "./commands/resume.ts";
import { screenCommand } from "./commands/screen.ts";
import { trainCommand } from "./commands/train.ts";
import { tuneCommand } from "./commands/tune.ts";
import type { CommandContext } from "./context.ts";
import { version } from "./environment.ts";

const help = `
Start here:
  perturbine doctor                          which adapter is used, and how fast it is
  perturbine demo                            simulated data, two minutes, a report at the end
  perturbine train csg2a --data DIR          your data in the released CSG2A layout
  perturbine train badger                    rank genes by drug and cell line; simulated data without --data
  perturbine COMMAND --help                  options and examples of a command

With any command:
  --backend dawn                 run on Dawn, Chrome's WebGPU, from npm (132 MB, once) instead of Deno's own: it offers
                                 subgroups; it refuses older Mesa drivers and then takes SwiftShader
  PERTURBINE_ADAPTER=swiftshader (environment) take the software driver from npm, whatever the system has`;

/** The whole command line as a tree of commands. */
export function createProgram(context: CommandContext) {
  return new Command("perturbine")
    .description("Trains and runs drug-perturbation models on any WebGPU adapter.")
    .version(version)
    .addHelpText("after", help)
    .addCommand(demoCommand(context))
    .addCommand(trainCommand(context))
    .addCommand(finetuneCommand(context))
    .addCommand(resumeCommand(context))
    .addCommand(evaluateCommand(context))
    .addCommand(predictCommand(context))
    .addCommand(compareCommand(context))
    .addCommand(prepareCommand())
    .addCommand(rankCommand())
    .addCommand(screenCommand())
    .addCommand(explainCommand())
    .addCommand(convertCommand())
    .addCommand(doctorCommand())
    .addCommand(benchCommand(context))
    .addCommand(kernelCommand(context))
    .addCommand(profileCommand(context))
    .addCommand(tuneCommand(context));
}
