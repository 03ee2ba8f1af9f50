import { z } from "zod";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { openBadger } from "../badger/open.ts";
import {
  badgerFields,
  type BadgerSettings,
  divides,
  dividesMessage,
  releasedBadgerSettings,
} from "../badger/settings.ts";
import type { Model } from "../model.ts";
import { ranksOnly } from "../ranking/fields.ts";
import { releasedSession } from "../ranking/preset.ts";

/** Those of BADGER that do not speak of pathways. */
export type BadgerLightSettings = Omit<BadgerSettings, "plusUltra" | "pathwayWeight">;

const { plusUltra: _, pathwayWeight: __, ...released } = releasedBadgerSettings;

/** BADGER's ablation: drug fragments straight to genes, no pathways. */
export const badgerLightModel: Model<BadgerLightSettings, BadgerData> = {
  name: "badger-light",
  title: "BADGER light",
  summary: "BADGER without pathways: drug fragments straight to genes",
  role: "model",
  layouts: ["signatures"],
  settings: z.strictObject(badgerFields).refine(divides, dividesMessage),
  presets: { released: releasedSession(released) },
  looksAtTraining: false,
  arbitraryScale: ({ loss }) => ranksOnly(loss),
  open: (options) =>
    openBadger({ ...options, settings: { ...options.settings, plusUltra: false, pathwayWeight: 0 } }, true),
};
