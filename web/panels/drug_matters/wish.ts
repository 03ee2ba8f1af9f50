import type { RunWish } from "../../../runs/configure.ts";
import { AddressValues } from "../../address_values.ts";
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

/** The training that an address names; what it does not name, or names wrongly, is the default, and `wrong` says so. */
export function settingOf(state: Pick<PanelState, "get">): { setting: Setting; wrong?: string } {
  const values = new AddressValues(state);
  const model = values.oneOf("model", "csg2a", namesOf(models));
  const setting: Setting = {
    model,
    split: values.oneOf("split", model === "csg2a" ? "condition" : "drug-blind", namesOf(splits)),
    seed: values.whole("seed", 42, 0, 0xffffffff),
    epochs: values.whole("epochs", models[model].epochs, 1, 1000),
    removed: values.oneOf("molecule", "given", ["given", "removed"]) === "removed",
    data: values.oneOf("data", "simulator", ["simulator", "own"]),
  };
  return { setting, wrong: values.wrong };
}

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table) as Name[];
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
