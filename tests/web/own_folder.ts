import { writePretrainingFolder } from "../../datasets/readers/write_data_folder.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import type { SimulatorInput } from "../../datasets/simulator/simulator_options.ts";

/** A small data folder of a visitor's own, called `mine`. @returns where it lies; `dispose` removes it */
export async function ownFolder(options: SimulatorInput = {}) {
  const parent = await Deno.makeTempDir({ prefix: "perturbine_own_" });
  const folder = `${parent}/mine`;
  const { pretraining } = simulateL1000({
    genes: 161,
    cells: 2,
    drugs: 9,
    decoys: 2,
    doses: [1, 10],
    times: [24],
    replicates: 1,
    ...options,
  });
  const write = () => writePretrainingFolder(folder, pretraining);
  await write();
  return {
    folder,
    parent,
    /** Writes it as it was at first. */
    mend: write,
    /** Puts another text into a cell of a table, counted from row 1 below the header and column 1. */
    async damage(file: string, row: number, column: number, text: string) {
      const lines = (await Deno.readTextFile(`${folder}/${file}`)).split("\n");
      const cells = lines[row].split(",");
      cells[column - 1] = text;
      lines[row] = cells.join(",");
      await Deno.writeTextFile(`${folder}/${file}`, lines.join("\n"));
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(parent, { recursive: true });
    },
  };
}
