import type { Dataset } from "../datasets/dataset.ts";
import type { QueryDrug } from "../datasets/layouts/layout.ts";
import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { type OnBits, onBits, tanimotoTo } from "../datasets/molecules/fingerprint.ts";
import { closestName } from "../datasets/readers/closest_name.ts";
import { UserError } from "../datasets/user_error.ts";
import { modelNamed } from "../models/registry.ts";
import type { AskedRun, NearestDrug } from "../report/asked.ts";
import { ask, type Asked } from "./ask.ts";
import type { PreparedRun } from "./prepare.ts";
import { readConfig } from "./read_config.ts";

/** In which cell line, at which dose. */
export interface CellChoice {
  /** A cell line of the run's data. */
  readonly cell?: string;
  /** File of `gene,value`: the untreated profile of a new one. */
  readonly profile?: string;
  /** µM; absent: the commonest of the run's data. */
  readonly dose?: number;
  /** Hours; absent: the commonest of the run's data. */
  readonly time?: number;
}

/** Changes of expression that drugs are predicted to make in one cell line, with what a reader must know to judge them. */
export interface DrugChanges {
  /** Head of the page. */
  readonly asked: AskedRun;
  readonly own: PreparedRun;
  readonly genes: readonly string[];
  readonly drugs: readonly QueryDrug[];
  /** drugs x genes. */
  readonly changes: Float32Array;
  /** One a drug: the most similar drug of the training part. */
  readonly nearest: readonly (NearestDrug | undefined)[];
  /** Mean change over the training rows. */
  readonly trainingMean: Float64Array;
  /** Number of the cell line in the run's data; -1 for a new one. */
  readonly cellUnit: number;
  /** One a drug: its number in the run's data, -1 for a new one. */
  readonly drugUnits: readonly number[];
}

/**
 * Predicts what drugs change in one cell line.
 *
 * @param drugsOf the drugs, found in the run's data or given as structures.
 * @throws {UserError} for a run whose model predicts one number a row, an unknown cell line, or a structure that cannot be parsed.
 */
export async function askDrugs(
  run: string,
  choice: CellChoice,
  drugsOf: (own: PreparedRun, chemistry: Chemistry) => Promise<readonly QueryDrug[]> | readonly QueryDrug[],
  skipBad = false,
): Promise<DrugChanges> {
  const { model, layout } = await readConfig(run);
  const { title } = modelNamed(model);
  if (layout === "response") {
    throw new UserError(
      `${title} predicts one number a row, so there are no genes to rank; use \`perturbine predict\`.`,
    );
  }
  const chemistry = await Chemistry.load();
  return await askGrid(
    run,
    choice,
    async (own) => await drugsOf(await own(), chemistry),
    skipBad,
    async (asked, drugs) => {
      const own = await asked.own();
      const { data, split } = own;
      const values = await asked.predictor.predict(asked.rows);
      const cell = asked.query.data.cell;
      const name = cell.names[cell.of[0]];
      const { drug } = asked.query.data;
      return {
        asked: {
          model: title,
          run,
          outputs: { kind: "signature", unit: data.outputs.unit },
          cell: name,
        },
        own,
        genes: data.outputs.names,
        drugs,
        changes: changesOf(asked.data, asked.rows, values),
        nearest: nearestOf(drugs, own, chemistry),
        trainingMean: meanChange(data, split.train),
        cellUnit: data.cell.ids.indexOf(cell.ids[cell.of[0]]),
        drugUnits: Array.from(drug.of, (unit) => data.drug.ids.indexOf(drug.ids[unit])),
      };
    },
  );
}

/** Binds a run to every one of some drugs in one cell line. */
export async function askGrid<Result>(
  run: string,
  { cell, profile, dose, time }: CellChoice,
  drugsOf: (own: Asked["own"]) => Promise<readonly QueryDrug[]>,
  skipBad: boolean,
  use: (asked: Asked, drugs: readonly QueryDrug[]) => Promise<Result>,
): Promise<Result> {
  if ((cell === undefined) === (profile === undefined)) {
    throw new UserError("Which cell line? Give either --cell NAME or, for a new one, --profile FILE.");
  }
  let drugs: readonly QueryDrug[] = [];
  return await ask(run, async (own) => {
    drugs = await drugsOf(own);
    return {
      skipBad,
      profile,
      grid: {
        drugs,
        cells: cell === undefined ? [] : [cell],
        ...(dose === undefined ? {} : { doses: [dose] }),
        ...(time === undefined ? {} : { times: [time] }),
      },
    };
  }, (asked) => use(asked, drugs));
}

/** A drug as the user wrote it: a name or identity of the data, or a SMILES in any spelling. @throws {UserError} when it is neither. */
export function drugFrom(
  text: string,
  { drug, structures, source }: Dataset,
  chemistry: Chemistry,
): QueryDrug {
  const wanted = text.toLowerCase();
  const known = drug.names.findIndex((name, unit) =>
    name.toLowerCase() === wanted || drug.ids[unit] === text
  );
  if (known >= 0 && structures[known] !== "") return { name: drug.names[known], smiles: structures[known] };
  if (chemistry.parse(text)) {
    const canonical = chemistry.canonicalSmiles(text);
    const same = structures.indexOf(canonical);
    return { name: same < 0 ? text : drug.names[same], smiles: text };
  }
  const near = closestName(text, drug.names);
  throw new UserError(
    `--drug "${text}": neither a SMILES that can be parsed nor a drug of ${source}; ` +
      (near === undefined ? "mend it." : `did you mean ${near}?`),
  );
}

/** What changes against the untreated profile; signatures are changes already. */
function changesOf(data: Dataset, rows: ArrayLike<number>, values: Float32Array): Float32Array {
  if (data.outputs.kind !== "profile" || !data.basal) return values;
  const basal = data.basal.take(rows);
  return values.map((value, i) => value - basal[i]);
}

/** Mean change over rows of a data set. */
export function meanChange(data: Dataset, rows: ArrayLike<number>): Float64Array {
  const genes = data.outputs.names.length, count = rows.length;
  const changes = changesOf(data, rows, data.truth!.take(rows));
  const mean = new Float64Array(genes);
  changes.forEach((value, i) => mean[i % genes] += value / count);
  return mean;
}

function nearestOf(
  drugs: readonly QueryDrug[],
  { data, split }: PreparedRun,
  chemistry: Chemistry,
): (NearestDrug | undefined)[] {
  const trained = [...new Set(Array.from(split.train, (row) => data.drug.of[row]))]
    .filter((unit) => data.structures[unit] !== "")
    .map((unit) => ({ name: data.drug.names[unit], bits: bitsOf(data.structures[unit], chemistry) }));
  return drugs.map(({ smiles }) => {
    const similarity = tanimotoTo(bitsOf(smiles, chemistry));
    return trained.map(({ name, bits }) => ({ name, tanimoto: similarity(bits) }))
      .reduce<NearestDrug | undefined>(
        (best, one) => best && best.tanimoto >= one.tanimoto ? best : one,
        undefined,
      );
  });
}

function bitsOf(smiles: string, chemistry: Chemistry): OnBits {
  return onBits(chemistry.morganBits(smiles, 2, 1024));
}
