import { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";
import { benchCompareCommand } from "./bench/compare.ts";
import { benchHistoryCommand } from "./bench/history.ts";
import { benchKernelsCommand } from "./bench/kernels.ts";
import { benchModelsCommand } from "./bench/models.ts";
import { benchPeersCommand } from "./bench/peers.ts";
import { benchPredictCommand } from "./bench/predict.ts";
import { benchReportCommand } from "./bench/report.ts";
import { benchReproduceCommand } from "./bench/reproduce.ts";

/** `perturbine bench`: what the kernels and models cost on this machine's adapter. */
export function benchCommand(context: CommandContext) {
  return new Command("bench")
    .description("Measure kernels and models on this machine's adapter, compare and report measurements")
    .addCommand(benchKernelsCommand())
    .addCommand(benchPeersCommand())
    .addCommand(benchModelsCommand())
    .addCommand(benchPredictCommand())
    .addCommand(benchCompareCommand())
    .addCommand(benchReportCommand())
    .addCommand(benchHistoryCommand())
    .addCommand(benchReproduceCommand(context));
}
