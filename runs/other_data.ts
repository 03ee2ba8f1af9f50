import { layoutNamed } from "../datasets/layouts/mod.ts";
import { overlapSentences } from "../datasets/splits/overlap.ts";
import { UserError } from "../datasets/user_error.ts";
import { controlNamed, notesFor, type PreparedRun } from "./prepare.ts";

/**
 * A run whose test part is another folder: all its rows are tested, and baselines are fitted on the run's own training rows. Rows
 * that the run was trained or validated on are left out: the same condition with the same truth.
 *
 * @param genes order of genes that the run prescribes.
 * @throws {UserError} when the folder is faulty, lacks a gene of the model, or holds nothing but the run's own rows.
 */
export async function onOtherData(
  own: PreparedRun,
  folder: string,
  genes: readonly string[] | undefined,
): Promise<PreparedRun> {
  const { config, model, data, split } = own;
  const layout = layoutNamed(config.layout);

  const context = { identity: config.identity, genes };
  const other = await layout.read(folder, layout.settings.parse(config.reading), context);
  if (other.fingerprint === data.fingerprint) {
    throw new UserError(
      `${folder} holds the data that the run was trained on; its test part is scored by \`perturbine evaluate RUN\` without --data.`,
    );
  }
  const joined = layout.append(data, other);
  const seen = new Set([...split.train, ...split.validation].map((row) => contentOf(joined, row)));
  const tested: number[] = [];
  for (let row = data.rows; row < joined.rows; row++) if (!seen.has(contentOf(joined, row))) tested.push(row);
  const known = other.rows - tested.length;
  if (tested.length === 0) {
    throw new UserError(
      `${folder}: the run was trained on all its ${other.rows} rows; give data that it has not seen.`,
    );
  }
  const test = Uint32Array.from(tested);
  const shown = config.control === null
    ? joined
    : controlNamed(layout, config.control).disturb(joined, test, config.seed);
  if (typeof shown === "string") {
    throw new UserError(`The control ${config.control} cannot be applied: ${shown}`);
  }
  const asked = { ...split, name: `${known > 0 ? "unseen" : "all"} rows of ${folder}`, test };
  return {
    ...own,
    data: joined,
    shown,
    split: asked,
    notes: [
      `Tested on ${test.length} rows of ${folder}; baselines are fitted on the ${split.train.length} training rows of the run.`,
      ...(known > 0
        ? [`${known} of its ${other.rows} rows are left out: the run was trained or validated on them.`]
        : []),
      ...notesFor(model, other),
      ...await overlapSentences(joined, asked),
    ],
  };
}

/** What makes two rows the same measurement. */
function contentOf({ condition, truth }: PreparedRun["data"], row: number): string {
  return `${condition[row]} ${truth!.take([row]).join(" ")}`;
}
