import process from "node:process";
import { join } from "node:path";
import type { Backend, TaskData } from "../../cli/backend.ts";
import { main } from "../../cli/main.ts";
import { outputsOf, targetOf } from "../../cli/prepare_run.ts";
import { resolveSimulatorOptions } from "../../datasets/simulator/simulator_options.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { writeFinetuningFolder, writePretrainingFolder } from "../../datasets/readers/write_data_folder.ts";
import { LinearTask } from "../models/linear_task.ts";

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

/** What a command line left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process and catches what it prints. */
export async function perturbine(...args: string[]): Promise<Outcome> {
  const out: string[] = [], err: string[] = [];
  const { log, error } = console;
  const [writeOut, writeErr] = [process.stdout.write, process.stderr.write];
  console.log = (...words) => void out.push(words.join(" "));
  console.error = (...words) => void err.push(words.join(" "));
  process.stdout.write = ((text: string) => out.push(text) > 0) as typeof writeOut;
  process.stderr.write = ((text: string) => err.push(text) > 0) as typeof writeErr;
  try {
    const code = await main(args, { openBackend: hostBackend });
    return { code, out: out.join("\n"), err: err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
    process.stdout.write = writeOut;
    process.stderr.write = writeErr;
  }
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
