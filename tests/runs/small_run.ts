import { join } from "node:path";
import { writePretrainingFolder } from "../../datasets/readers/write_data_folder.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { resolveSimulatorOptions } from "../../datasets/simulator/simulator_options.ts";
import { configure, type RunWish, train } from "../../runs/mod.ts";

/** Small, with replicates and several cell lines and drugs. */
export const small = {
  genes: 163,
  cells: 3,
  drugs: 11,
  decoys: 2,
  doses: [0.5, 10],
  times: [24],
  replicates: 2,
  responseCells: 5,
};

/** A folder of simulated profiles, as a user would have it. */
export async function writeSmallFolder(folder: string, seed = 1): Promise<void> {
  await writePretrainingFolder(
    folder,
    simulateL1000(resolveSimulatorOptions({ ...small, seed })).pretraining,
  );
}

/** A ridge trained on a folder. */
export async function trainRidge(out: string, data: string, wish: Partial<RunWish> = {}) {
  const config = await configure({ model: "ridge", data, split: { rule: "drug-blind" }, ...wish });
  return await train(config, { out });
}

/** Runs `use` in a temporary folder. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_runs_" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Changes one line of a text file. */
export async function editLine(file: string, number: number, edit: (line: string) => string): Promise<void> {
  const lines = (await Deno.readTextFile(file)).split("\n");
  lines[number] = edit(lines[number]);
  await Deno.writeTextFile(file, lines.join("\n"));
}

/** The files of a folder, to be compared. */
export async function contentOf(folder: string, name: string): Promise<string> {
  return await Deno.readTextFile(join(folder, name));
}
