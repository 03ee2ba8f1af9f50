import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Model } from "../model.ts";
import { ranksOnly } from "../ranking/fields.ts";
import { releasedSession } from "../ranking/preset.ts";
import { openBadger } from "./open.ts";
import { badgerSchema, type BadgerSettings, releasedBadgerSettings } from "./settings.ts";

/** BADGER: the change of expression from a drug's fragments, through pathways, to genes. */
export const badgerModel: Model<BadgerSettings, BadgerData> = {
  name: "badger",
  title: "BADGER",
  summary: "differential expression, from drug fragments through pathways to genes by attention",
  role: "model",
  layouts: ["signatures"],
  settings: badgerSchema,
  presets: { released: releasedSession(releasedBadgerSettings) },
  looksAtTraining: false,
  arbitraryScale: ({ loss }) => ranksOnly(loss),
  // Its pathway table starts with the embedding of the data, which has the hidden width.
  simulatorOptions: ({ hidden }) => ({ pathwayWidth: hidden }),
  open: (options) => openBadger(options, false),
};
