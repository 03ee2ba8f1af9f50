import { join } from "node:path";
import { writeFinetuningFolder, writePretrainingFolder } from "../../datasets/readers/write_data_folder.ts";
import { resolveSimulatorOptions } from "../../datasets/simulator/simulator_options.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { type CommandOutcome, runCommand } from "../support/run_command.ts";

/** Runs a command line in this process and catches what it prints. */
export function perturbine(...args: string[]): Promise<CommandOutcome> {
  return runCommand(...args);
}

/** Small simulated folders: `pre` (profiles) and `fine` (response) beside their interactions. */
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
    const edges = `source,target\n${first},${second}\n`;
    for (const name of ["pre", "fine"]) {
      await Deno.writeTextFile(join(folder, name, "STRING_edges.csv"), edges);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A small simulated folder of signatures, whose pathway embedding has 16 columns. */
export async function withSignatures(use: (folder: string, data: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const data = join(folder, "data");
    await writeBadgerFolder(data, {
      simulator: { genes: 160, cells: 6, drugs: 9, decoys: 1 },
      pathwayWidth: 16,
    });
    await use(folder, data);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A network that trains in a moment. */
export const tiny = ["--mat-width", "8", "--mat-heads", "2", "--mat-layers", "1", "--hidden-width", "8"];

/** Three epochs of it without early stopping. */
export const quick = [...tiny, "--epochs", "3", "--patience", "0", "--batch", "16", "--quiet"];

/** Sizes of the models that rank genes, as small. */
export const smallRanker = ["--genes", "37", "--hidden", "16", "--patience", "0", "--lr", "1e-3", "--quiet"];
