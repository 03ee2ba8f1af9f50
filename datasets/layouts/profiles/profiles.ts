import { readPretrainingFolder } from "../../readers/read_pretraining_folder.ts";
import { profileLayout } from "../basal_profiles/layout.ts";
import type { ProfileInputs } from "../basal_profiles/inputs.ts";
import type { ProfileSettings } from "../basal_profiles/settings.ts";
import type { Layout } from "../layout.ts";

/** The CSG2A pretraining layout (csg2a.md 6.1): basal profile, drug, dose and time to the profile after treatment. */
export const profiles: Layout<ProfileSettings, ProfileInputs> = profileLayout({
  name: "profiles",
  title: "condition_table.csv, gex_DMSO.csv and gex_comp.csv: profiles before and after treatment",
  files: ["condition_table.csv", "gex_DMSO.csv", "gex_comp.csv"],
  read: readPretrainingFolder,
  simulated: ({ pretraining }) => pretraining,
});
