import { join } from "node:path";
import type { Backend, TaskData } from "../../cli/backend.ts";
import { outputsOf, targetOf } from "../../cli/prepare_run.ts";
import { resolveSimulatorOptions } from "../../datasets/simulator/simulator_options.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { writeFinetuningFolder, writePretrainingFolder } from "../../datasets/readers/write_data_folder.ts";
import { LinearTask } from "../models/linear_task.ts";
import { type CommandOutcome, runCommandIn } from "../support/run_command.ts";

/** Trains a linear model of dose, time and molecule number on the host: commands need no device to be tested. */
function hostBackend(): Promise<Backend> {
  return Promise.resolve({
    adapter: "host",
    software: true,
    createTask: ({ data, shown }: TaskData) => {
      const { samples } = data;
      const inputs = 4;
      const x = Float32Array.from({ length: samples.rows * inputs }, (_, at) => {
        const row = Math.floor(at / inputs);
        const molecule = shown.molecules[shown.moleculeOfRow[row]];
        return [1, samples.dose[row] / 100, samples.time[row] / 72, molecule.nodes / 30][at % inputs];
      });
      return Promise.resolve(new LinearTask({ inputs, outputs: outputsOf(data), x, y: targetOf(data) }));
    },
    [Symbol.dispose]() {},
  });
}

/** Runs a command line in this process, on the host, and catches what it prints. */
export function perturbine(...args: string[]): Promise<CommandOutcome> {
  return runCommandIn({ openBackend: hostBackend }, ...args);
}

/** A folder with small simulated data in both layouts, and a PPI file. */
export async function inWorkspace(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const options = {
      genes: 160,
      cells: 2,
      drugs: 5,
      decoys: 1,
      doses: [1, 10],
      times: [6, 24],
      responseCells: 7,
    };
    const simulated = simulateL1000(resolveSimulatorOptions(options));
    await writePretrainingFolder(join(folder, "pre"), simulated.pretraining);
    await writeFinetuningFolder(join(folder, "fine"), simulated.finetuning);
    const [first, second] = simulated.ppi.genes;
    await Deno.writeTextFile(join(folder, "STRING_edges.csv"), `source,target\n${first},${second}\n`);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Three epochs without early stopping. */
export const quick = ["--epochs", "3", "--patience", "0", "--batch", "16", "--quiet"];
