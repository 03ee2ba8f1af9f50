import { join } from "node:path";
import { cellIdentity } from "../identity/cell_identity.ts";
import { csvLine } from "../readers/csv_line.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { readCsv } from "../readers/csv.ts";
import { float32Text } from "../readers/float32_text.ts";
import { listNames, requireColumn } from "../readers/named_columns.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { type Profiles, readProfiles } from "../response_screen/prepare_screen.ts";
import { readStructures } from "../response_screen/read_structures.ts";
import { combat } from "../statistics/combat.ts";
import { robustZ } from "../statistics/robust_z.ts";
import { UserError } from "../user_error.ts";
import { patientOf, type PatientResponse, readPatientResponses } from "./read_patient_responses.ts";
import { system } from "../../host/system.ts";

/** Where patients come from, and how they are made comparable with cell lines. */
export interface PreparePatientsOptions {
  /** Folder to write, created when absent. */
  readonly output: string;
  /** Table of responses, see `readPatientResponses`. */
  readonly response: string;
  /** Tumours: log2 expression, a patient a row, a gene a column. */
  readonly profiles: string;
  /** Cell lines that the response model was trained on, on the same scale. */
  readonly reference: string;
  /** Table of cell lines and their type of cancer; absent: every type is brought together with all lines. */
  readonly types?: string;
  /** Table of drugs with their SMILES. */
  readonly drugs: string;
  /** Smallest 1.4826 MAD. */
  readonly floor: number;
  /** Largest |z|. */
  readonly clip: number;
}

/** What was done. */
export interface PreparedPatients {
  /** Files read. */
  readonly files: readonly string[];
  /** Treatments after each step. */
  readonly steps: readonly { readonly step: string; readonly left: number }[];
  /** Genes that tumours and cell lines have in common. */
  readonly genes: number;
  /** Types of cancer with patients and cell lines. */
  readonly cancers: readonly { readonly cancer: string; readonly patients: number; readonly lines: number }[];
  /** Drugs with their responders and others. */
  readonly drugs: readonly { readonly drug: string; readonly responders: number; readonly others: number }[];
  /** Sentences on what is odd. */
  readonly notes: readonly string[];
  /** Robust z written. */
  readonly values: Float32Array;
}

/** Fewest patients, and fewest lines, of a type: ComBat estimates a variance of either. */
const fewest = 2;

/**
 * Patients to questions for a response model: per type of cancer ComBat of tumours and cell lines at log2 level, then robust z over both
 * (csg2a.md 6.5). Writes `patients.csv`: patient, cancer, drug, responder, smiles, dose and time of the response layout, genes.
 *
 * @throws {UserError} when a file is faulty, or nothing is left after a step.
 */
export async function preparePatients(options: PreparePatientsOptions): Promise<PreparedPatients> {
  const { response, profiles, reference, types, drugs: drugFile } = options;
  const { responses, rows, contradictory } = await readPatientResponses(response);
  const tumours = await readProfiles(profiles), lines = await readProfiles(reference);
  const structures = await readStructures(drugFile);
  const typeOf = types === undefined ? undefined : await readTypes(types, lines.cells);
  const notes = [...tumours.notes, ...lines.notes];
  if (contradictory > 0) {
    notes.push(
      `${contradictory} pairs of patient and drug are told both to have responded and not to, and are left out.`,
    );
  }
  const rowOf = new Map<string, number>();
  tumours.cells.forEach((name, row) => rowOf.has(patientOf(name)) || rowOf.set(patientOf(name), row));
  if (rowOf.size < tumours.cells.length) {
    notes.push(
      `${
        tumours.cells.length - rowOf.size
      } further samples of patients are left out: the first of each counts.`,
    );
  }
  const steps = [{ step: "treatments read", left: rows }, {
    step: "patients and drugs told one way",
    left: responses.length,
  }];
  const keep = (step: string, kept: PatientResponse[]) => {
    steps.push({ step, left: kept.length });
    if (kept.length > 0) return kept;
    throw new UserError(
      `${response}: no treatment is left after the step "${step}" (before: ${
        steps.at(-2)!.left
      }); look at the names in ${[response, profiles, drugFile].join(", ")}.`,
    );
  };
  const withProfile = keep("with a profile", responses.filter(({ patient }) => rowOf.has(patient)));
  const withSmiles = keep(
    "with a structure",
    withProfile.filter(({ drug }) => structures.of(drug) !== undefined),
  );
  const without = [...new Set(withProfile.map(({ drug }) => drug))].filter((drug) =>
    structures.of(drug) === undefined
  );
  if (without.length > 0) {
    notes.push(`${without.length} drugs have no structure and are left out: ${listNames(without, 5)}.`);
  }

  const genes = commonGenes(lines, tumours, options);
  // A patient told under two types has a score of either.
  const scores = new Map<string, Float32Array>(), cancers: PreparedPatients["cancers"][number][] = [];
  for (const [cancer, some] of Map.groupBy(withSmiles, (one) => one.cancer)) {
    const patients = [...new Set(some.map(({ patient }) => patient))];
    const own = [...lines.cells.keys()].filter((row) => typeOf?.(lines.cells[row]) === cancer || !typeOf);
    if (patients.length < fewest || own.length < fewest) {
      notes.push(
        `${cancer} has ${patients.length} patients and ${own.length} cell lines, expected ${fewest} or more of either: left out.`,
      );
      continue;
    }
    cancers.push({ cancer, patients: patients.length, lines: own.length });
    const z = togetherScored(
      { lines, rows: own, columns: genes.map(({ line }) => line) },
      {
        lines: tumours,
        rows: patients.map((patient) => rowOf.get(patient)!),
        columns: genes.map(({ tumour }) => tumour),
      },
      options,
    );
    patients.forEach((patient, at) =>
      scores.set(`${cancer}\t${patient}`, z.subarray(at * genes.length, (at + 1) * genes.length))
    );
  }
  const scoreOf = ({ cancer, patient }: PatientResponse) => scores.get(`${cancer}\t${patient}`);
  const kept = keep("of a type with cell lines", withSmiles.filter((one) => scoreOf(one) !== undefined));
  await system.mkdir(options.output, { recursive: true });
  await writeFileAtomic(join(options.output, "patients.csv"), [
    csvLine([
      "patient",
      "cancer",
      "drug_name",
      "responder",
      "smiles",
      "dose",
      "time",
      ...genes.map(({ gene }) => gene),
    ]),
    ...kept.map((one) => {
      const { patient, cancer, drug, responder } = one;
      return csvLine([
        ...[patient, cancer, drug, responder ? "1" : "0", structures.of(drug)!, "10", "72"],
        ...Array.from(scoreOf(one)!, float32Text),
      ]);
    }),
  ]);
  return {
    files: [response, profiles, reference, types, drugFile].filter((one) => one !== undefined),
    steps,
    genes: genes.length,
    cancers,
    drugs: [...Map.groupBy(kept, ({ drug }) => drug)].map(([drug, some]) => {
      const count = some.filter(({ responder }) => responder).length;
      return { drug, responders: count, others: some.length - count };
    }).sort((a, b) => b.responders + b.others - a.responders - a.others),
    notes,
    values: Float32Array.from(kept.flatMap((one) => [...scoreOf(one)!])),
  };
}

/** Some rows and columns of profiles. */
interface Part {
  readonly lines: Profiles;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Robust z of the second part, both brought together by ComBat and scored together. */
function togetherScored(
  first: Part,
  second: Part,
  limits: { readonly floor: number; readonly clip: number },
): Float32Array {
  const width = first.columns.length;
  const values = Float64Array.from(
    [first, second].flatMap(({ lines, rows, columns }) =>
      rows.flatMap((row) => columns.map((column) => lines.values[row * lines.genes.length + column]))
    ),
  );
  const batches = [...first.rows.map(() => 0), ...second.rows.map(() => 1)];
  const { z } = robustZ(combat(values, width, batches).adjusted, width, limits);
  return z.subarray(first.rows.length * width);
}

/** In the order of the cell lines, so that a model of theirs finds its genes. */
function commonGenes(lines: Profiles, tumours: Profiles, { reference, profiles }: PreparePatientsOptions) {
  const columnOf = new Map(tumours.genes.map((gene, column) => [gene, column]));
  const common = lines.genes.flatMap((gene, line) => {
    const tumour = columnOf.get(gene);
    return tumour === undefined ? [] : [{ gene, line, tumour }];
  });
  if (common.length > 0) return common;
  throw new UserError(
    `${reference} and ${profiles} have no gene in common (${listNames([...lines.genes], 2)}; ${
      listNames([...tumours.genes], 2)
    }); give both with the same kind of id.`,
  );
}

/** The type of a line, by the names of both files, so that two tissues of one name stay two lines. */
async function readTypes(
  path: string,
  profiled: readonly string[],
): Promise<(line: string) => string | undefined> {
  const told: [line: string, type: string][] = [];
  let cell = 0, type = 0;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      cell = requireColumn(path, columns, "cell_id", "cell_line", "cell");
      type = requireColumn(path, columns, "cancer", "cancer_type", "tcga");
    },
    row: (cells) => void told.push([cells[cell], cells[type].trim()]),
  });
  const identity = cellIdentity(undefined, [...profiled, ...told.map(([line]) => line)]);
  const types = new Map<string, string>();
  for (const [line, type] of told) {
    const other = types.get(identity(line));
    if (other !== undefined && other !== type) {
      throw new UserError(
        `${path}: found ${quoteValue(line)} under ${quoteValue(other)} and ${
          quoteValue(type)
        }, expected one type a cell line; remove one of its rows.`,
      );
    }
    types.set(identity(line), type);
  }
  return (line) => types.get(identity(line));
}
