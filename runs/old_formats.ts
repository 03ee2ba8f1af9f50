import { UserError } from "../datasets/user_error.ts";
import { modelNamed } from "../models/registry.ts";
import type { RunConfig } from "./run_config.ts";
import type { SplitRule } from "../datasets/splits/split_rule.ts";

// deno-lint-ignore no-explicit-any
type Old = any;

/**
 * A configuration of the first format of CSG2A runs. Its drugs were told apart by canonical SMILES.
 *
 * @throws {UserError} when it is damaged.
 */
export function fromCsg2aFormat(old: Old, path: string): RunConfig {
  return translated(path, () => {
    const { stage, molecules, ppi, training: { seed, ...training }, model } = old;
    const pretraining = stage === "pretraining";
    const { headInput, frozen, frozenMode, ...network } = model;
    return {
      format: "perturbine run 2",
      model: pretraining ? "csg2a" : "csg2a-response",
      preset: old.preset,
      layout: pretraining ? "profiles" : "response",
      data: old.data,
      reading: {
        ppi: ppi.edges === "simulator" ? "auto" : ppi.edges ?? (ppi.identity ? "identity" : "none"),
        ppiIdentity: ppi.identity,
        distances: molecules.distances,
        conformers: molecules.conformers,
        skipBad: molecules.skipBad,
      },
      identity: "canonical",
      split: splitOf(old.split),
      control: controlOf(molecules.drug),
      settings: pretraining ? network : { ...network, headInput, frozen, frozenMode },
      training: { ...training, patienceKind: "consecutive" },
      seed,
      from: old.from,
    };
  });
}

/**
 * A configuration of the first format of ranking runs.
 *
 * @throws {UserError} when it is damaged.
 */
export function fromRankingFormat(old: Old, path: string): RunConfig {
  return translated(path, () => {
    const { drug, ...reading } = old.reading;
    const { family, ...network } = old.model;
    const { seed, ...training } = old.training;
    const { main, ...weights } = old.loss;
    return {
      format: "perturbine run 2",
      model: family,
      preset: "released",
      layout: "signatures",
      data: old.data,
      reading,
      identity: "canonical",
      split: splitOf(old.split),
      control: controlOf(drug),
      settings: known(family, { ...network, loss: main, ...weights }),
      training: { ...training, schedule: { kind: "constant" } },
      seed,
      from: null,
    };
  });
}

/** Fields that the model has now: the older format kept some for models that never looked at them. */
function known(model: string, settings: object): Record<string, unknown> {
  const { shape } = modelNamed(model).settings as unknown as { shape: object };
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in shape));
}

function splitOf(old: Old): SplitRule {
  const number = old.number ?? old.seed;
  switch (old.kind) {
    case "blind":
    case "drug":
      return { rule: "drug-blind", number };
    case "cell":
      return { rule: "cell-blind", number };
    case "folds": {
      const rules = {
        "mixed": "random-folds",
        "drug-blind": "drug-folds",
        "cell-blind": "cell-folds",
        "disjoint": "disjoint-folds",
      } as const;
      return { rule: rules[old.setting as keyof typeof rules], folds: old.folds, fold: old.fold, number };
    }
    case "cell_id":
      return { rule: "badger-cells", fold: old.fold, number };
    case "pert_id":
      return { rule: "badger-drugs", fold: old.fold, number };
    case "pair_id":
      return { rule: "badger-pairs", fold: old.fold, number };
    default:
      return { rule: old.kind, number };
  }
}

function controlOf(drug: string): RunConfig["control"] {
  return drug === "intact" ? null : drug === "permuted" ? "drug-permuted" : "drug-removed";
}

function translated(path: string, translate: () => RunConfig): RunConfig {
  try {
    return translate();
  } catch (error) {
    throw new UserError(
      `${path}: of an older format, and damaged (${
        error instanceof TypeError ? "a field is missing" : (error as Error).message
      }); restore the file.`,
    );
  }
}
