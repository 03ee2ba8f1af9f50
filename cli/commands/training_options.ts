import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { seedNumber, wholeNumber } from "../flags/words.ts";
import { UsageError } from "../usage_error.ts";
import type { RunConfig, SplitConfig } from "../../models/run_config.ts";
import type { RunConfigOverrides } from "../../models/resolve_run_config.ts";

/** Reads a number that `fits`; `expected` completes "Expected a number". */
function realNumber(expected: string, fits: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && fits(value)) return value;
    throw new InvalidArgumentError(`Expected a number ${expected}.`);
  };
}

const notNegative = realNumber("of at least 0", (value) => value >= 0);
const positive = realNumber("above 0", (value) => value > 0);
const probability = realNumber("of at least 0 and below 1", (value) => value >= 0 && value < 1);

const splits = [
  "random",
  "blind",
  "torch",
  "condition",
  "mixed",
  "cell-blind",
  "drug-blind",
  "disjoint",
] as const;

/** The options that all training commands share, as a command that is still without an action. */
export function trainingCommand(name: string) {
  return new Command(name)
    .option("--data <dir>", "folder in the released CSG2A layout")
    .option("--config <file>", "start from the config.json of another run; options given here override it")
    .addOption(
      new Option("--preset <name>", "size and training settings").choices(["released", "small"] as const),
    )
    .option("--from <run>", "take parameters over from a run folder, a .safetensors or a PyTorch file")
    .option(
      "--ppi <file>",
      "STRING edges; `none`: P = 0; `identity`: P = I (default: STRING_edges.csv in or near the data)",
    )
    .option("--no-ppi-identity", "leave the diagonal of the PPI matrix at 0")
    .optionsGroup("Model:")
    .addOption(
      new Option("--variant <name>", "how scores are applied").choices(["rowsum", "matmul"] as const),
    )
    .option("--hidden-width <n>", "width of the gene queries", wholeNumber(1))
    .option("--mat-width <n>", "width of the molecule encoder", wholeNumber(1))
    .option("--mat-layers <n>", "layers of the molecule encoder", wholeNumber(1))
    .option("--mat-heads <n>", "heads of the molecule encoder", wholeNumber(1))
    .option("--dropout <p>", "dropout of the feed-forward and the heads", probability)
    .option("--cce-dropout <p>", "dropout of the condition encoder", probability)
    .option("--plain-linear", "ablation: no gene attention, basal profile and condition are added")
    .optionsGroup("Training:")
    .option("--epochs <n>", "at most so many epochs", wholeNumber(1))
    .option("--patience <n>", "epochs without improvement before stopping; 0: run all epochs", wholeNumber(0))
    .option("--batch <n>", "samples a step", wholeNumber(2))
    .option("--lr <rate>", "learning rate", positive)
    .option("--weight-decay <rate>", "added to the gradient inside Adam", notNegative)
    .option("--clip-norm <norm>", "clip the global gradient norm; 0: not at all", notNegative)
    .option(
      "--cosine <epochs>",
      "cosine schedule over so many epochs down to a tenth; 0: constant",
      wholeNumber(0),
    )
    .option("--seed <n>", "seed of initialisation, batches and dropout", seedNumber)
    .option("--save-every <steps>", "save the state so often besides every epoch", wholeNumber(0))
    .optionsGroup("Data:")
    .addOption(new Option("--split <kind>", "which rows are held out").choices(splits))
    .option("--split-number <n>", "split number or seed of the split", wholeNumber(0))
    .option("--folds <n>", "folds of a cross-validation split", wholeNumber(2))
    .option("--fold <n>", "which fold is the test part, from 0", wholeNumber(0))
    .addOption(
      new Option("--distances <mode>", "atom distances without a conformer").choices(
        ["rule", "path"] as const,
      ),
    )
    .option("--conformers <file>", "conformers (.safetensors with NAME.smiles.json beside it)")
    .option("--skip-bad", "leave faulty rows and unparseable SMILES out, and list them in skipped.json")
    .addOption(
      new Option("--drug <control>", "control: molecules removed, or shuffled over rows")
        .choices(["intact", "removed", "permuted"] as const),
    )
    .optionsGroup("Output:")
    .option("--out <dir>", "run folder (default: a new one in runs/)")
    .option("--force", "replace the run that the folder holds")
    .option("--profile", "write trace.json: every kernel of one step, with its time")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress");
}

/** What {@link trainingCommand} parses. */
export type TrainingFlags = ReturnType<ReturnType<typeof trainingCommand>["opts"]>;

const foldSplits: readonly string[] = ["mixed", "cell-blind", "drug-blind", "disjoint"];

/** @throws {UsageError} when options contradict each other: none is ignored silently. */
export function requireConsistent(flags: TrainingFlags): void {
  const { config, preset, ppi, ppiIdentity } = flags;
  if (config !== undefined && preset !== undefined) {
    throw new UsageError("--config settles all that --preset would; give one of them.");
  }
  if (ppi === "identity" && !ppiIdentity) {
    throw new UsageError(
      "--ppi identity and --no-ppi-identity contradict each other; for P = 0 give --ppi none.",
    );
  }
}

/**
 * The parts of a configuration that were given on the command line.
 *
 * @param base what they will be laid over: its split and learning rate fill in what a flag leaves open
 * @throws {UsageError} when flags contradict each other.
 */
export function overridesOf(flags: TrainingFlags, base: Partial<RunConfig>): RunConfigOverrides {
  const learningRate = flags.lr ?? base.training?.learningRate ?? 1e-3;
  return {
    data: flags.data === undefined ? undefined : { source: "folder", folder: resolve(flags.data) },
    from: flags.from === undefined ? undefined : resolve(flags.from),
    split: splitOf(flags, base.split),
    ppi: flags.ppiIdentity ? undefined : { identity: false },
    molecules: {
      distances: flags.distances,
      conformers: flags.conformers === undefined ? undefined : resolve(flags.conformers),
      skipBad: flags.skipBad,
      drug: flags.drug,
    },
    model: {
      variant: flags.variant,
      hiddenWidth: flags.hiddenWidth,
      mat: base.model && {
        width: flags.matWidth ?? base.model.mat.width,
        layers: flags.matLayers ?? base.model.mat.layers,
        heads: flags.matHeads ?? base.model.mat.heads,
      },
      dropout: flags.dropout,
      cceDropout: flags.cceDropout,
      plainLinear: flags.plainLinear,
    },
    training: {
      epochs: flags.epochs,
      patience: flags.patience === 0 ? null : flags.patience,
      batchSize: flags.batch,
      seed: flags.seed,
      learningRate: flags.lr,
      weightDecay: flags.weightDecay,
      clipNorm: flags.clipNorm === 0 ? null : flags.clipNorm,
      schedule: flags.cosine === undefined
        ? undefined
        : flags.cosine === 0
        ? { kind: "constant" }
        : { kind: "cosine", epochs: flags.cosine, floor: learningRate / 10 },
      saveEvery: flags.saveEvery,
    },
  };
}

function splitOf(flags: TrainingFlags, base: SplitConfig | undefined): SplitConfig | undefined {
  const { split, splitNumber, folds, fold } = flags;
  const kept = split === undefined && base?.kind === "folds" ? base : undefined;
  if ((folds !== undefined || fold !== undefined) && !kept && !foldSplits.includes(split ?? "")) {
    throw new UsageError(
      "--folds and --fold need --split mixed, cell-blind, drug-blind or disjoint; add it.",
    );
  }
  if (split === undefined && !kept) {
    return splitNumber === undefined || !base ? undefined : { ...base, number: splitNumber };
  }
  switch (split) {
    case "random":
    case "blind":
    case "condition":
      return { kind: split, number: splitNumber ?? 0 };
    case "torch":
      return { kind: split, number: splitNumber ?? 42 };
    default: {
      const [count, chosen] = [folds ?? kept?.folds ?? 10, fold ?? kept?.fold ?? 0];
      if (chosen >= count) throw new UsageError(`Fold ${chosen} of ${count}: expected 0 to ${count - 1}.`);
      return {
        kind: "folds",
        setting: split ?? kept!.setting,
        folds: count,
        fold: chosen,
        number: splitNumber ?? kept?.number ?? 42,
      };
    }
  }
}
