import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { parse } from "smol-toml";
import { resolve } from "node:path";
import { UserError } from "../../datasets/user_error.ts";
import type { RankingFamily, RankingRunConfig, RankingSplit } from "../../models/ranking_run_config.ts";
import {
  type RankingOverrides,
  resolveRankingConfig,
  shippedSession,
} from "../../models/sessions/sessions.ts";
import { UsageError } from "../usage_error.ts";
import { positiveNumber, wholeNumber } from "../flags/words.ts";

const splits = ["cell_id", "pert_id", "pair_id", "random", "drug", "cell"] as const;

/** Training options that all ranking models share, as a command that is still without an action. */
export function rankingCommand(name: string) {
  return new Command(name)
    .option("--data <dir>", "folder in the BADGER layout (default: the built-in simulator)")
    .option("--session <file>", "start from this TOML file instead of the released session")
    .optionsGroup("Split:")
    .addOption(
      new Option("--split <kind>", "folds of the release (cell_id, pert_id, pair_id), or by hash").choices(
        splits,
      ),
    )
    .option("--fold <n>", "fold of the release, 0 to 4", wholeNumber(0))
    .option("--split-number <n>", "split number of the hash rule, or seed of the folds (88)", wholeNumber(0))
    .optionsGroup("Size:")
    .option("--hidden <n>", "hidden width (released: 128)", wholeNumber(1))
    .option("--heads <n>", "attention heads", wholeNumber(1))
    .option("--genes <n>", "only the first n genes in sorted order", wholeNumber(1))
    .optionsGroup("Training:")
    .option("--epochs <n>", "at most so many epochs (100)", wholeNumber(1))
    .option(
      "--patience <n>",
      "epochs without improvement before stopping (10); 0: run all epochs",
      wholeNumber(0),
    )
    .addOption(
      new Option("--patience-kind <kind>", "cumulative as released, or consecutive").choices(
        ["cumulative", "consecutive"] as const,
      ),
    )
    .option("--batch <n>", "signatures a step (32)", wholeNumber(1))
    .option("--lr <rate>", "learning rate (1e-4)", positiveNumber)
    .option("--seed <n>", "seed of initialisation, batches and dropout (88)", wholeNumber(0))
    .option("--save-every <steps>", "save the state so often besides every epoch", wholeNumber(0))
    .optionsGroup("Switches (released value first):")
    .addOption(
      new Option("--set-norm <by>", "what SetNorm divides by").choices(["variance", "deviation"] as const),
    )
    .addOption(
      new Option("--gene-table-init <how>", "gene table of DeepCE and CIGER: noise as released, or the file")
        .choices(["released", "file"] as const),
    )
    .addOption(new Option("--layer-norm-init <n>", "start of CIGER's norm").choices(["0", "1"] as const))
    .addOption(new Option("--fragments <how>", "repeated fragments").choices(["set", "multiset"] as const))
    .addOption(
      new Option("--last-pathway <rule>", "label column that is dropped").choices(
        ["released", "unknown"] as const,
      ),
    )
    .addOption(minTasOption())
    .option("--no-qc", "keep signatures without a quality pass")
    .addOption(new Option("--labels <sign>", "sign of the labels").choices(["real", "real_reverse"] as const))
    .addOption(
      new Option("--cell-vectors <kind>", "cell vectors").choices(["similarity", "scgpt", "none"] as const),
    )
    .option("--gene-table <name>", "gene table, when the folder has several")
    .option("--pathways <name>", "pathways, when the folder has several")
    .option("--drug-vectors <file>", "fixed drug vectors of the MLP instead of Morgan bits")
    .option("--skip-bad", "leave unusable signatures out, and list them in skipped.json")
    .addOption(
      new Option("--drug <control>", "control: train without the drug input, or with another row's").choices(
        ["intact", "zeroed", "permuted"] as const,
      ),
    )
    .option("--set <section.key=value...>", "any other setting of the session, such as model.geneBlocks=2")
    .optionsGroup("Output:")
    .option("--out <dir>", "run folder (default: a new one in runs/)")
    .option("--force", "replace the run that the folder holds")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress");
}

/** What {@link rankingCommand} parses. */
export type RankingFlags = ReturnType<ReturnType<typeof rankingCommand>["opts"]>;

/**
 * The configuration of a family as its flags ask for it.
 *
 * @throws {UserError} when the session file is faulty or of another family, or a setting is no TOML.
 */
export async function rankingConfig(family: RankingFamily, flags: RankingFlags): Promise<RankingRunConfig> {
  const session = flags.session === undefined ? shippedSession(family) : await sessionFile(flags.session);
  const wanted = (session.model as { family?: unknown } | undefined)?.family;
  if (wanted !== family) {
    throw new UserError(
      `${flags.session}: its model.family is ${String(wanted)}, expected "${family}"; mend it.`,
    );
  }
  return resolveRankingConfig(session, flags.session ?? family, overridesOf(flags, session, family));
}

function overridesOf(
  flags: RankingFlags,
  session: Readonly<Record<string, unknown>>,
  family: RankingFamily,
): RankingOverrides {
  const { hidden, heads, setNorm, geneTableInit } = flags;
  const extra = settings(flags.set ?? []);
  // A width option applies to every family that has it: one command line can serve them all.
  const has = (key: string) => key in (session.model as object);
  const model: Record<string, unknown> = { hidden };
  if (has("heads")) model.heads = heads;
  if (has("setNorm")) model.setNorm = setNorm;
  if (has("geneTableInit")) model.geneTableInit = geneTableInit;
  if (family === "ciger" && flags.layerNormInit) model.layerNormInit = Number(flags.layerNormInit);
  return {
    data: flags.data === undefined ? undefined : { source: "folder", folder: resolve(flags.data) },
    split: splitOf(flags, session.split as RankingSplit),
    reading: {
      labels: flags.labels,
      fragments: flags.fragments,
      lastPathway: flags.lastPathway,
      minTas: flags.minTas,
      requireQc: flags.qc ? undefined : false,
      cellVectors: flags.cellVectors,
      geneTable: flags.geneTable,
      pathways: flags.pathways,
      drugVectors: flags.drugVectors === undefined ? undefined : resolve(flags.drugVectors),
      genes: flags.genes,
      skipBad: flags.skipBad,
      drug: flags.drug,
      ...extra.reading,
    },
    model: { ...model, ...extra.model },
    loss: { ...extra.loss },
    training: {
      epochs: flags.epochs,
      patience: flags.patience === 0 ? null : flags.patience,
      patienceKind: flags.patienceKind,
      batchSize: flags.batch,
      learningRate: flags.lr,
      seed: flags.seed,
      saveEvery: flags.saveEvery,
      ...extra.training,
    },
  };
}

function splitOf({ split, fold, splitNumber }: RankingFlags, base: RankingSplit): RankingSplit | undefined {
  const kind = split ?? base.kind;
  if (kind === "random" || kind === "drug" || kind === "cell") {
    if (fold !== undefined) {
      throw new UsageError(
        `A split by ${kind} has no folds; choose one with --split-number, or --split cell_id.`,
      );
    }
    return { kind, number: splitNumber ?? ("number" in base ? base.number : 0) };
  }
  return {
    kind,
    fold: fold ?? ("fold" in base ? base.fold : 0),
    seed: splitNumber ?? ("seed" in base ? base.seed : 88),
  };
}

/** `model.geneBlocks=2` as { model: { geneBlocks: 2 } }. */
function settings(texts: readonly string[]): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const text of texts) {
    const match = /^(reading|model|loss|training)\.(\w+)=(.+)$/.exec(text);
    if (!match) {
      throw new UsageError(
        `--set ${text}: expected SECTION.KEY=VALUE with one of the sections reading, model, loss, training.`,
      );
    }
    const [, section, key, value] = match;
    result[section] = { ...result[section], [key]: valueOf(value) };
  }
  return result;
}

/** A TOML value; a bare word is a text. */
function valueOf(text: string): unknown {
  try {
    return parse(`value = ${text}`).value;
  } catch {
    return text;
  }
}

async function sessionFile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new UserError(`${path}: the session cannot be read (${(error as Error).message}); check the path.`);
  }
  try {
    return parse(text);
  } catch (error) {
    throw new UserError(`${path}: not TOML (${(error as Error).message.split("\n")[0]}); mend the file.`);
  }
}

/** The activity limit, as training and preparing know it. */
export function minTasOption() {
  return new Option("--min-tas <n>", "keep signatures with a higher activity (0.2); `off`: all").argParser(
    activityLimit,
  );
}

function activityLimit(text: string): number | "off" {
  if (text === "off") return text;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number, or off.");
}
