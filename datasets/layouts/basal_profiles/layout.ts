import type { FolderOptions } from "../../readers/read_pretraining_folder.ts";
import { type SimulatedL1000, simulateL1000 } from "../../simulator/simulator.ts";
import { resolveSimulatorOptions } from "../../simulator/simulator_options.ts";
import type { Layout } from "../layout.ts";
import { appendProfiles } from "./append.ts";
import { profileControls } from "./controls.ts";
import type { ProfileInputs } from "./inputs.ts";
import { keepProfiles } from "./kept_run.ts";
import { queryProfiles } from "./query.ts";
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
export function profileLayout(format: ProfileFormat): Layout<ProfileSettings, ProfileInputs> {
  const { name, title, files } = format;
  return {
    name,
    title,
    settings: profileSettings,
    tableOnly: { ppi: "none" },
    files,
    async read(folder, settings, context) {
      const genes = settings.genes === "intersection" ? "intersection" : "same";
      const samples = await format.read(folder, { skipBad: settings.skipBad, genes });
      return await profileTable(samples, { layout: name, files }, settings, context);
    },
    async simulate(options, settings, context) {
      const all = simulateL1000(resolveSimulatorOptions(options));
      const origin = { layout: name, files: [], simulated: all.ppi };
      return await profileTable(format.simulated(all), origin, settings, context);
    },
    keep: keepProfiles,
    query: (request, source) => queryProfiles(name, request, source),
    append: appendProfiles,
    controls: profileControls,
  };
}
