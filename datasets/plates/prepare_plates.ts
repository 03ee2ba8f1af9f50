import { matrixOf } from "../dataset.ts";
import { type TableForm, writeDataTables } from "../formats/data_tables.ts";
import { readDrugSmiles } from "../badger/read_drug_smiles.ts";
import { listNames } from "../readers/named_columns.ts";
import { selectMatrixRows } from "../readers/select_rows.ts";
import { UserError } from "../user_error.ts";
import { matchControls, type MatchedPair, type MatchOptions } from "./match_controls.ts";
import { plateScores, type ScoreOptions } from "./plate_scores.ts";
import { joinPlates, type RawPlates, readCsvPlates, readMatrixPlates } from "./read_plates.ts";
import { type Well, wellsOf } from "./wells.ts";

/** A wish for wells: a metadata field and the values that stay. */
export interface WellFilter {
  /** Name of the field. */
  readonly field: string;
  /** Texts as written. */
  readonly values: readonly string[];
}

/** Where a pretraining folder comes from, and how. */
export interface PreparePlatesOptions extends ScoreOptions, MatchOptions {
  /** Folder to write, created when absent. */
  readonly output: string;
  /** How its tables are written; absent: as CSV. */
  readonly form?: TableForm;
  /** Matrices with metadata: GCTX, GCT or h5ad. */
  readonly matrices: readonly string[];
  /** Pairs of CSV tables: wells, and their profiles. */
  readonly tables: readonly { readonly wells: string; readonly profiles: string }[];
  /** Table of `pert_id` and SMILES, for wells whose own metadata have none. */
  readonly smiles?: string;
  /** Wells that stay. */
  readonly where: readonly WellFilter[];
  /** Perturbations that count as vehicles among those of the type `ctl_vehicle`. */
  readonly vehicles: readonly string[];
}

/** Wells or rows that are left after a step. */
export interface PrepareStep {
  /** What was done. */
  readonly step: string;
  /** Wells left; rows after the last steps. */
  readonly left: number;
}

/** One plate of what was written. */
export interface PlateCount {
  /** Its name. */
  readonly plate: string;
  /** Cell line as written. */
  readonly cell: string;
  /** Hours. */
  readonly time: number;
  /** Treated wells of it that were written. */
  readonly treated: number;
  /** Its vehicle wells. */
  readonly vehicles: number;
}

/** What was done: what the folder's `prepare.json` and page show. */
export interface PreparedPlates {
  /** Files read. */
  readonly files: readonly string[];
  /** Counts after each step. */
  readonly steps: readonly PrepareStep[];
  /** By plate. */
  readonly plates: readonly PlateCount[];
  /** Of what was written. */
  readonly genes: number;
  /** Distinct perturbations. */
  readonly drugs: number;
  /** Share of values at the clip. */
  readonly clipped: number;
  /** Sentences on what is odd. */
  readonly notes: readonly string[];
  /** Treated values written, rows x genes, for a histogram. */
  readonly perturbed: Float32Array;
}

/**
 * Level 3 profiles of plates to a pretraining folder of CSG2A: filters, robust z-scores by plate, a vehicle control of the same plate beside every
 * treated well, replicates kept or combined by MODZ; `condition_table`, `gex_DMSO`, `gex_comp` (csg2a.md 6.1, 6.5).
 *
 * @throws {UserError} when a file is faulty, no well is left, or a filter names a field that no file has.
 *
 * @example
 * ```ts
 * await preparePlates({
 *   output: "data/a375", matrices: ["a375_level3.gctx"], tables: [], where: [], vehicles: ["DMSO"],
 *   reference: "plate", floor: 0.1, clip: 10, basal: "well", replicates: "keep", seed: 42,
 * });
 * ```
 */
export async function preparePlates(options: PreparePlatesOptions): Promise<PreparedPlates> {
  const raw = await readAll(options);
  const source = raw.files.join(", ");
  const steps: PrepareStep[] = [{ step: "wells read", left: raw.samples.ids.length }];
  const done = (step: string, left: number) => {
    steps.push({ step, left });
    if (left === 0) {
      throw new UserError(
        `${source}: no well is left after the step "${step}" (before: ${
          steps.at(-2)!.left
        }); loosen the filters.`,
      );
    }
  };
  const structures = options.smiles === undefined ? undefined : await readDrugSmiles(options.smiles);
  let kept = [...raw.samples.ids.keys()];
  for (const { field, values } of options.where) {
    const texts = raw.samples.fields.get(field);
    if (texts === undefined) {
      throw new UserError(
        `${source}: no field ${JSON.stringify(field)}, expected one of ${
          listNames([...raw.samples.fields.keys()], 12)
        }; mend --where.`,
      );
    }
    kept = kept.filter((at) => values.includes(texts[at]));
    done(`${field} is ${values.join(" or ")}`, kept.length);
  }
  const pick = (all: readonly string[]) => kept.map((at) => all[at]);
  const axis = {
    ids: pick(raw.samples.ids),
    fields: new Map([...raw.samples.fields].map(([name, texts]) => [name, pick(texts)])),
  };
  const wells = wellsOf(source, axis).map((well): Well => {
    const vehicle = well.kind !== "vehicle" ||
      options.vehicles.some((name) => name.toLowerCase() === well.drug.toLowerCase());
    const smiles = well.smiles || structures?.get(well.drug)?.smiles || "";
    return { ...well, kind: vehicle ? well.kind : "other", smiles };
  });
  const genes = raw.genes.length;
  const values = selectMatrixRows(raw.values, genes, kept);
  const scores = plateScores(wells, values, genes, options);
  const treated = wells.filter(({ kind }) => kind === "treated");
  done("treated wells", treated.length);
  const withoutSmiles = new Set(treated.filter(({ smiles }) => smiles === "").map(({ drug }) => drug));
  const usable = wells.map((well): Well =>
    well.kind === "treated" && well.smiles === "" ? { ...well, kind: "other" } : well
  );
  done("with a structure", usable.filter(({ kind }) => kind === "treated").length);
  const { pairs, basal, perturbed, unmatched } = matchControls(usable, scores, genes, options);
  done(
    "with a vehicle well on their plate",
    usable.filter(({ kind }) => kind === "treated").length - unmatched.length,
  );
  if (options.replicates === "modz") done("conditions, replicates combined", pairs.length);
  const notes = notesOn(usable, withoutSmiles, unmatched);
  const column = (of: (pair: MatchedPair) => string) => pairs.map(of);
  const first = ({ treated: [well] }: MatchedPair) => usable[well];
  const amounts = (of: (well: Well) => number) => Float32Array.from(pairs, (pair) => of(first(pair)));
  const list = (at: readonly number[], of: (well: Well) => string) =>
    [...new Set(at.map((one) => of(usable[one])))].join("|");
  await writeDataTables(options.output, {
    profiles: {
      gex_DMSO: { genes: raw.genes, values: matrixOf(basal, genes) },
      gex_comp: { genes: raw.genes, values: matrixOf(perturbed, genes) },
    },
    rows: {
      name: "condition_table",
      columns: new Map<string, readonly string[] | Float32Array>([
        ["dose", amounts(({ dose }) => dose)],
        ["time", amounts(({ time }) => time)],
        ["canonical_smiles", column((pair) => first(pair).smiles)],
        ["cell_id", column((pair) => first(pair).cell)],
        ["pert_id", column((pair) => first(pair).drug)],
        ["pert_iname", column((pair) => first(pair).name)],
        ["plate", column(({ treated }) => list(treated, ({ plate }) => plate))],
        ["well_id", column(({ treated }) => list(treated, ({ id }) => id))],
        ["control_well_id", column(({ controls }) => list(controls, ({ id }) => id))],
      ]),
    },
  }, options.form);
  return {
    files: [...raw.files, ...(options.smiles ? [options.smiles] : [])],
    steps,
    plates: platesOf(usable, pairs.flatMap((pair) => pair.treated)),
    genes,
    drugs: new Set(pairs.map((pair) => usable[pair.treated[0]].drug)).size,
    clipped: perturbed.reduce((count, value) => count + (Math.abs(value) >= options.clip ? 1 : 0), 0) /
      perturbed.length,
    notes: [...raw.notes, ...notes],
    perturbed,
  };
}

async function readAll({ matrices, tables }: PreparePlatesOptions): Promise<RawPlates> {
  const parts: RawPlates[] = [];
  for (const path of matrices) parts.push(await readMatrixPlates(path));
  for (const { wells, profiles } of tables) parts.push(await readCsvPlates(wells, profiles));
  if (parts.length === 0) {
    throw new UserError("No profiles: give a GCTX, GCT or h5ad file, or --wells and --profiles.");
  }
  return joinPlates(parts);
}

function platesOf(wells: readonly Well[], written: readonly number[]): PlateCount[] {
  const count = new Set(written);
  const groups = Map.groupBy(wells.keys(), (at) => {
    const { plate, cell, time } = wells[at];
    return JSON.stringify([plate, cell, time]);
  });
  return [...groups.values()].map((members) => {
    const { plate, cell, time } = wells[members[0]];
    return {
      plate,
      cell,
      time,
      treated: members.filter((at) => count.has(at)).length,
      vehicles: members.filter((at) => wells[at].kind === "vehicle").length,
    };
  }).filter(({ treated, vehicles }) => treated + vehicles > 0);
}

function notesOn(
  wells: readonly Well[],
  withoutSmiles: ReadonlySet<string>,
  unmatched: readonly number[],
): string[] {
  const notes: string[] = [];
  if (withoutSmiles.size > 0) {
    notes.push(
      `No structure for ${withoutSmiles.size} perturbation${withoutSmiles.size === 1 ? "" : "s"} (${
        listNames([...withoutSmiles], 5)
      }): their wells are left out; a table of structures can be given with --smiles.`,
    );
  }
  if (unmatched.length > 0) {
    const plates = new Set(unmatched.map((at) => wells[at].plate));
    notes.push(
      `${unmatched.length} treated wells stand on ${plates.size} plates without a vehicle well (${
        listNames([...plates], 3)
      }) and are left out.`,
    );
  }
  const raw = wells.filter(({ kind }) => kind === "vehicle").length;
  const treated = wells.filter(({ kind }) => kind === "treated").length;
  if (treated > 0 && raw / treated < 0.02) {
    notes.push(
      `Only ${raw} vehicle wells stand beside ${treated} treated ones: the same few control profiles repeat in many rows.`,
    );
  }
  return notes;
}
