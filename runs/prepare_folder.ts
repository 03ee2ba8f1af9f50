import { join, resolve } from "node:path";
import { preparedRecord } from "../datasets/formats/data_tables.ts";
import { sourceFiles } from "../datasets/layouts/common/source_files.ts";
import {
  type PreparedPlates,
  preparePlates,
  type PreparePlatesOptions,
} from "../datasets/plates/prepare_plates.ts";
import { fileNamed, filesIn } from "../datasets/readers/data_folder.ts";
import {
  type PreparedScreen,
  prepareScreen,
  type PrepareScreenOptions,
} from "../datasets/response_screen/prepare_screen.ts";
import {
  type PreparedPatients,
  preparePatients,
  type PreparePatientsOptions,
} from "../datasets/patients/prepare_patients.ts";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { countText } from "../report/kit/numbers.ts";
import { type PreparedReport, renderPreparedPage } from "../report/prepared_page.ts";
import { version } from "./environment.ts";

/** Files of the two layouts: a folder that holds one is another folder's data. */
const tables = [
  "patients.csv",
  "condition_table.csv",
  "gex_comp.csv",
  "gex_DMSO.csv",
  "label.csv",
  "gex_before.csv",
];

/** Level 3 profiles to a pretraining folder, with its record and page. @throws {UserError} see `preparePlates`. */
export async function preparePretraining(
  options: PreparePlatesOptions,
  force: boolean,
): Promise<PreparedPlates> {
  await requireFree(options.output, force);
  const made = await preparePlates(options);
  const { steps, plates, genes, drugs, notes, clipped } = made;
  const rows = steps.at(-1)!.left;
  await writeRecord({
    title: "Pretraining rows of CSG2A",
    output: options.output,
    summary: `${countText(rows)} rows of ${genes} genes and ${drugs} drugs, from ${plates.length} plates`,
    steps,
    notes: clipped > 0.02
      ? [...notes, `${(100 * clipped).toFixed(1)} % of the treated values stand at the clip.`]
      : notes,
    values: { label: "robust z of the treated profiles", of: made.perturbed },
    table: {
      title: "Plates",
      head: ["plate", "cell line", "hours", "treated", "vehicle"],
      body: plates.map((one) => [one.plate, one.cell, `${one.time}`, `${one.treated}`, `${one.vehicles}`]),
      textColumns: 2,
    },
    options: { ...options },
    files: await sourceFiles(options.output, made.files),
    next: `perturbine train csg2a --data ${options.output}`,
  });
  return made;
}

/** A screen of ln IC50 to a fine-tuning folder, with its record and page. @throws {UserError} see `prepareScreen`. */
export async function prepareFinetuning(
  options: PrepareScreenOptions,
  force: boolean,
): Promise<PreparedScreen> {
  await requireFree(options.output, force);
  const made = await prepareScreen(options);
  const rows = made.steps.at(-1)!.left;
  await writeRecord({
    title: "Fine-tuning rows of CSG2A",
    output: options.output,
    summary:
      `${rows} pairs of ${made.lines.length} cell lines and ${made.drugs} structures, profiles of ${made.genes} genes`,
    steps: made.steps,
    notes: made.notes,
    values: { label: "ln IC50 (µM)", of: made.values },
    table: {
      title: "Cell lines",
      head: ["cell line", "pairs"],
      body: made.lines.map(({ cell, pairs }) => [cell, `${pairs}`]),
    },
    options: { ...options },
    files: await sourceFiles(options.output, made.files),
    next: `perturbine train csg2a-response --data ${options.output}`,
  });
  return made;
}

/** Patients to questions for a response model, with record and page. @throws {UserError} see `preparePatients`. */
export async function prepareTumours(
  options: PreparePatientsOptions,
  force: boolean,
): Promise<PreparedPatients> {
  await requireFree(options.output, force);
  const made = await preparePatients(options);
  await writeRecord({
    title: "Patients for a response model",
    output: options.output,
    summary: `${made.steps.at(-1)!.left} treatments of ${made.drugs.length} drugs, ${made.genes} genes`,
    steps: made.steps,
    notes: made.notes,
    values: { label: "robust z of the tumours", of: made.values },
    table: {
      title: "Drugs",
      head: ["drug", "responders", "others"],
      body: made.drugs.map(({ drug, responders, others }) => [drug, `${responders}`, `${others}`]),
    },
    options: { ...options },
    files: await sourceFiles(options.output, made.files),
    next: `perturbine predict RUN ${options.output}/patients.csv --out predicted.csv`,
  });
  return made;
}

async function requireFree(folder: string, force: boolean): Promise<void> {
  if (force) return;
  const names = await filesIn(folder).catch(() => []);
  for (const table of tables) {
    const name = fileNamed(names, table, folder);
    if (name !== undefined) {
      throw new UserError(
        `${folder} already holds ${name}; choose another folder with --out, or replace it with --force.`,
      );
    }
  }
}

async function writeRecord(report: PreparedReport): Promise<void> {
  const { output, values: _values, table: _table, ...rest } = report;
  const made = {
    format: "perturbine prepared 1",
    version,
    at: new Date().toISOString(),
    folder: resolve(output),
    ...rest,
  };
  await writeFileAtomic(join(output, preparedRecord.values), JSON.stringify(made, null, 2) + "\n");
  await writeFileAtomic(join(output, preparedRecord.page), await renderPreparedPage(report));
}
