import { join } from "node:path";
import type { FolderOptions } from "../../readers/read_pretraining_folder.ts";
import { csvLine } from "../../readers/csv_line.ts";
import { writeFileAtomic } from "../../readers/write_file_atomic.ts";
import { type SimulatedL1000, simulateL1000 } from "../../simulator/simulator.ts";
import { resolveSimulatorOptions } from "../../simulator/simulator_options.ts";
import type { PpiGraph } from "../../types.ts";
import type { LayoutSoFar } from "../mod.ts";
import { appendProfiles } from "./append.ts";
import { profileControls } from "./controls.ts";
import type { ProfileInputs } from "./inputs.ts";
import { type ProfileSettings, profileSettings } from "./settings.ts";
import { type ProfileSamples, profileTable } from "./table.ts";

/** What tells the two layouts with a basal profile a row apart. */
export interface ProfileFormat {
  readonly name: "profiles" | "response";
  readonly title: string;
  /** The one with the conditions first. */
  readonly files: readonly string[];
  read(folder: string, options: FolderOptions): Promise<ProfileSamples>;
  simulated(all: SimulatedL1000): ProfileSamples;
}

/** A layout of samples with a basal profile each. */
export function profileLayout(format: ProfileFormat): LayoutSoFar<ProfileSettings, ProfileInputs> {
  const { name, title, files } = format;
  return {
    name,
    title,
    settings: profileSettings,
    files,
    async read(folder, settings, context) {
      const samples = await format.read(folder, { skipBad: settings.skipBad });
      return await profileTable(samples, { layout: name, files }, settings, context);
    },
    async simulate(options, settings, context) {
      const all = simulateL1000(resolveSimulatorOptions(options));
      const origin = { layout: name, files: [], simulated: all.ppi };
      return await profileTable(format.simulated(all), origin, settings, context);
    },
    async keep(run, { inputs }) {
      await writeFileAtomic(join(run, "genes.txt"), inputs.genes.join("\n") + "\n");
      await writeFileAtomic(join(run, keptEdges), edgeLines(inputs.ppi));
    },
    append: appendProfiles,
    controls: profileControls,
  };
}

/** The edges of a run, by gene names: what a query needs of the interactions. */
export const keptEdges = "ppi_edges.csv";

function* edgeLines({ genes, indptr, indices }: PpiGraph): Generator<string> {
  yield csvLine(["source", "target"]);
  for (let row = 0; row < genes.length; row++) {
    for (const column of indices.subarray(indptr[row], indptr[row + 1])) {
      if (column > row) yield csvLine([genes[row], genes[column]]);
    }
  }
}
