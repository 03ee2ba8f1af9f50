import type { RunWish } from "../../../runs/configure.ts";
import type { PanelState } from "../../state.ts";

/** Models that train in a tab, each with what its name in the address stands for. */
export const models = {
  csg2a: { title: "CSG2A", epochs: 40, data: "condition_table.csv, gex_DMSO.csv, gex_comp.csv" },
  "badger-light": {
    title: "BADGER light",
    epochs: 6,
    data: "a folder that `perturbine prepare badger` wrote",
  },
} as const;

/** Rules by which rows are held out, as the command line calls them. */
export const splits = {
  condition: "conditions that were not trained on",
  "drug-blind": "drugs that were not trained on",
  random: "rows at random",
} as const;

/** What the address says of a training. */
export interface Setting {
  readonly model: keyof typeof models;
  readonly split: keyof typeof splits;
  readonly seed: number;
  readonly epochs: number;
  /** Every drug without its structure. */
  readonly removed: boolean;
  /** `own`: a folder that was dropped; it cannot be in an address. */
  readonly data: "simulator" | "own";
}

/** Reads the address; what is no value there is the default. */
export function settingOf(state: Pick<PanelState, "get">): Setting {
  const wanted = state.get("model") ?? "", rule = state.get("split") ?? "";
  const model = Object.hasOwn(models, wanted) ? wanted as Setting["model"] : "csg2a";
  const split = Object.hasOwn(splits, rule)
    ? rule as Setting["split"]
    : model === "csg2a"
    ? "condition"
    : "drug-blind";
  return {
    model,
    split,
    seed: whole(state.get("seed"), 0, 0xffffffff) ?? 42,
    epochs: whole(state.get("epochs"), 1, 1000) ?? models[model].epochs,
    removed: state.get("molecule") === "removed",
    data: state.get("data") === "own" ? "own" : "simulator",
  };
}

function whole(text: string | undefined, least: number, most: number): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

/** A folder of the visitor's own in the page's tree. */
export interface OwnFolder {
  readonly folder: string;
  readonly names: readonly string[];
}

/** What `perturbine train` would be asked for. */
export function wishOf(setting: Setting, own: OwnFolder | undefined): RunWish {
  const { model, split, seed, epochs, removed } = setting;
  return {
    model,
    split: { rule: split },
    seed,
    control: removed ? "drug-removed" : null,
    ...(own ? { data: own.folder } : {}),
    ...(model === "csg2a"
      ? {
        preset: own ? "small" : "demo",
        training: { epochs },
        // Found where the command line finds it, or not there; without it there is no graph to be given.
        reading: own && !own.names.includes("STRING_edges.csv") ? { ppi: "none" } : {},
      }
      : {
        ...(own ? {} : { settings: { hidden: 32 }, reading: { genes: 64 } }),
        training: { epochs },
      }),
  };
}

/** The same as a command, to be pasted into a terminal. */
export function commandOf(setting: Setting, own: OwnFolder | undefined): string {
  const { model, split, seed, epochs, removed } = setting;
  const flags = [
    own ? `--data ${own.folder.slice(1)}` : "",
    model === "csg2a" ? `--preset ${own ? "small" : "demo"}` : own ? "" : "--genes 64 --hidden 32",
    `--split ${split} --seed ${seed} --epochs ${epochs}`,
    model === "csg2a" && own && !own.names.includes("STRING_edges.csv") ? "--ppi none" : "",
    removed ? "--control drug-removed" : "",
  ].filter(Boolean);
  return `perturbine train ${model} ${flags.join(" ")}`;
}
