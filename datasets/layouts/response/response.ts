import { readFinetuningFolder } from "../../readers/read_finetuning_folder.ts";
import { profileLayout } from "../basal_profiles/layout.ts";
import type { ProfileInputs } from "../basal_profiles/inputs.ts";
import type { ProfileSettings } from "../basal_profiles/settings.ts";
import type { Layout } from "../layout.ts";

/** The CSG2A fine-tuning layout (csg2a.md 6.1): basal profile and drug to ln IC50, at 10 µM and 72 h by convention. */
export const response: Layout<ProfileSettings, ProfileInputs> = profileLayout({
  name: "response",
  title: "label.csv and gex_before.csv: ln IC50 of drugs on untreated profiles",
  files: ["label.csv", "gex_before.csv"],
  read: readFinetuningFolder,
  simulated: ({ finetuning }) => finetuning,
});
