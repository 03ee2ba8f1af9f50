import { parse } from "smol-toml";
import badger from "./badger.toml" with { type: "text" };
import badgerLight from "./badger_light.toml" with { type: "text" };
import ciger from "./ciger.toml" with { type: "text" };
import deepce from "./deepce.toml" with { type: "text" };
import knn from "./knn.toml" with { type: "text" };
import mlp from "./mlp.toml" with { type: "text" };
import type { RankingFamily, RankingRunConfig } from "../ranking_run_config.ts";
import { rankingRunConfigSchema } from "../ranking_run_config_schema.ts";

const shipped: Readonly<Record<RankingFamily, string>> = {
  badger,
  "badger-light": badgerLight,
  mlp,
  knn,
  deepce,
  ciger,
};

/** Settings laid over a session, section by section; `data` and `split` replace as a whole, undefined changes nothing. */
export interface RankingOverrides {
  /** Where the signatures come from. */
  readonly data?: RankingRunConfig["data"];
  /** Fields of the reading. */
  readonly reading?: Partial<RankingRunConfig["reading"]>;
  /** Which rows are held out. */
  readonly split?: RankingRunConfig["split"];
  /** Fields of the model, those of any family. */
  readonly model?: Readonly<Record<string, unknown>>;
  /** Fields of the loss. */
  readonly loss?: Partial<RankingRunConfig["loss"]>;
  /** Fields of the training. */
  readonly training?: Partial<RankingRunConfig["training"]>;
}

/** The released session of a family, as shipped in TOML. */
export function shippedSession(family: RankingFamily): Record<string, unknown> {
  return parse(shipped[family]);
}

/**
 * A complete configuration: a session (the shipped one, or the contents of another TOML file with the same sections) with
 * overrides laid over it. What TOML cannot say (no table, all genes) is filled in.
 *
 * @param name of the session, recorded in the result.
 * @throws {z.ZodError} when the result is not a valid configuration; every faulty field is named.
 */
export function resolveRankingConfig(
  session: Readonly<Record<string, unknown>>,
  name: string,
  overrides: RankingOverrides,
): RankingRunConfig {
  const section = (key: keyof RankingOverrides, defaults: object = {}) => ({
    ...defaults,
    ...session[key] as object | undefined,
    ...given(overrides[key]),
  });
  return rankingRunConfigSchema.parse({
    ...session,
    format: "perturbine ranking run 1",
    session: name,
    data: overrides.data ?? session.data ?? { source: "simulator", options: {} },
    reading: section("reading", {
      geneTable: null,
      pathways: null,
      drugVectors: null,
      genes: null,
      skipBad: false,
      drug: "intact",
    }),
    split: overrides.split ?? session.split,
    model: section("model"),
    loss: section("loss"),
    training: section("training", { readEvery: 16, saveEvery: 500 }),
  });
}

function given(fields: object = {}): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
