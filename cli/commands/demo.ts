import type { Command } from "commander";
import { modelNamed } from "../../models/registry.ts";
import type { CommandContext } from "../context.ts";
import { trainModelCommand } from "./train.ts";

const help = `  perturbine demo
  perturbine demo --seed 7 --out runs/demo-7
  perturbine demo --epochs 2 --out runs/demo --force

Data: the built-in L1000 simulator. Whole conditions (drug, cell line, dose, time) are held out. It is \`train csg2a --preset demo\`
and takes all of its flags.`;

/** `perturbine demo`: CSG2A on simulated data, from nothing to a report. */
export function demoCommand(context: CommandContext): Command {
  return trainModelCommand(modelNamed("csg2a"), context, {
    words: "demo",
    description: "Train CSG2A on the built-in simulator and write a report (about two minutes)",
    preset: "demo",
    folder: "demo",
    help,
  });
}
