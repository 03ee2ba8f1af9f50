import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** What a patient did under a drug. */
export interface PatientResponse {
  /** Barcode of the patient: `TCGA-OR-A5JM`. */
  readonly patient: string;
  /** Type of cancer: `ACC`. */
  readonly cancer: string;
  /** Name of the drug. */
  readonly drug: string;
  /** Complete or partial response, against stable or progressive disease. */
  readonly responder: boolean;
}

const responders: Readonly<Record<string, boolean>> = {
  "complete response": true,
  "partial response": true,
  "stable disease": false,
  "clinical progressive disease": false,
  "progressive disease": false,
};

/**
 * Patient of a TCGA barcode, which goes on with sample and aliquot: its first three parts, in capitals; other names as they are.
 *
 * @example
 * ```ts
 * patientOf("TCGA-OR-A5JM-01A-11R"); // "TCGA-OR-A5JM"
 * ```
 */
export function patientOf(barcode: string): string {
  const text = barcode.trim().toUpperCase().replaceAll(".", "-");
  return /^TCGA-[^-]+-[^-]+/.exec(text)?.[0] ?? barcode.trim();
}

/**
 * Reads a table of responses of patients, one course of treatment a row: columns `patient.arr` (or `patient`), `cancers` (or `cancer`),
 * `drug.name` (or `drug`) and `response` in RECIST's words.
 *
 * @returns one a patient and drug; those that are told both ways are left out and counted, as `contradictory`.
 * @throws {UserError} when a column is missing, or a response is none of these words.
 */
export async function readPatientResponses(
  path: string,
): Promise<{ readonly responses: PatientResponse[]; readonly rows: number; readonly contradictory: number }> {
  let patient = 0, cancer = 0, drug = 0, response = 0, rows = 0, responseName = "response";
  const found = new Map<string, PatientResponse | "both">();
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      patient = requireColumn(path, columns, "patient.arr", "patient", "bcr_patient_barcode");
      cancer = requireColumn(path, columns, "cancers", "cancer", "cancer_type");
      drug = requireColumn(path, columns, "drug.name", "drug_name", "drug");
      response = requireColumn(path, columns, "response", "measure_of_response");
      responseName = columns[response];
    },
    row(cells, place) {
      rows++;
      const responder = responders[cells[response].trim().toLowerCase()];
      if (responder === undefined) {
        throw new RowError(
          `${placeText(place)}, column ${responseName}: found ${
            quoteValue(cells[response])
          }, expected Complete Response, Partial Response, Stable Disease or Clinical Progressive Disease; mend or remove the row.`,
        );
      }
      const one = {
        patient: patientOf(cells[patient]),
        cancer: cells[cancer].trim(),
        drug: cells[drug].trim(),
        responder,
      };
      const key = `${one.patient}\t${one.drug.toLowerCase()}`;
      const before = found.get(key);
      found.set(
        key,
        before === undefined || before !== "both" && before.responder === responder ? before ?? one : "both",
      );
    },
  });
  if (found.size === 0) {
    throw new UserError(`${path}: found no row below the header, expected one a treatment.`);
  }
  const responses = [...found.values()].filter((one) => one !== "both");
  return { responses, rows, contradictory: found.size - responses.length };
}
