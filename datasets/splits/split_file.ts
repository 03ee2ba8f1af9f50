import { createHash } from "node:crypto";
import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { listNames } from "../readers/named_columns.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";
import { type SplitRule, splitRuleSchema } from "./split_rule.ts";
import { system } from "../../host/system.ts";
import { jsonOf } from "../../host/json_text.ts";
import { formatFault } from "../../host/checkpoint/known_format.ts";

/** What `split.json` holds: the parts of a split by row names. */
export interface SplitFile {
  /** Version of this format. */
  readonly format: "perturbine split 1";
  /** How the parts were made; absent in a file written by hand. */
  readonly rule?: SplitRule;
  /** In words. */
  readonly name: string;
  /** What is held out. */
  readonly unit: "drug" | "cell";
  /** Names of rows. */
  readonly parts: {
    readonly train: readonly string[];
    readonly validation: readonly string[];
    readonly test: readonly string[];
  };
  /** Rows that are in no part on purpose. */
  readonly unused: readonly string[];
  /** SHA-256 over the parts. */
  readonly checksum: string;
  /** SHA-256 over drug, cell line, dose and time of each row by its name; absent in a file written by hand. */
  readonly conditions?: string;
}

const names = z.array(z.string());
const format = "perturbine split 1";

const schema: z.ZodType<SplitFile> = z.strictObject({
  format: z.literal(format),
  rule: splitRuleSchema.optional(),
  name: z.string(),
  unit: z.enum(["drug", "cell"]),
  parts: z.strictObject({ train: names, validation: names, test: names }),
  unused: names.default([]),
  checksum: z.string(),
  conditions: z.string().optional(),
});

/** Names of the rows of each part. */
function partsOf(
  { train, validation, test }: Split,
  { rowNames }: Pick<Dataset, "rowNames">,
): SplitFile["parts"] {
  const named = (rows: Uint32Array) => Array.from(rows, (row) => rowNames[row]);
  return { train: named(train), validation: named(validation), test: named(test) };
}

function checksumOfParts({ train, validation, test }: SplitFile["parts"]): string {
  return createHash("sha256").update(JSON.stringify([train, validation, test])).digest("hex");
}

/**
 * SHA-256 over the names of the rows of each part, in their order: what `split.json` of this split holds.
 *
 * @example
 * ```ts
 * checksumOfSplit(data, await makeSplit(rule, data)) === (await readSplitFile("split.json")).checksum;
 * ```
 */
export function checksumOfSplit(data: Pick<Dataset, "rowNames">, split: Split): string {
  return checksumOfParts(partsOf(split, data));
}

/** What tells rows apart that have only numbers for names: sorted, since named rows may come in any order. */
function checksumOfConditions(
  { rowNames, drug, structures, cell, dose, time }: Dataset,
): string {
  const lines = rowNames.map((name, row) => {
    const unit = drug.of[row];
    // Unknown amounts are NaN, which JSON writes as null.
    return JSON.stringify([
      name,
      structures[unit] || drug.ids[unit],
      cell.ids[cell.of[row]],
      dose[row],
      time[row],
    ]);
  });
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

/** Checksum that a split file says of itself. @throws {UserError} when it is missing, damaged, or says another. */
export async function checksumOfSplitFile(path: string): Promise<string> {
  return (await readSplitFile(path)).checksum;
}

/**
 * Writes `split.json`: the names of the rows of each part, how they were made, and checksums of the parts and of the conditions.
 *
 * @throws {UserError} when the file cannot be written.
 *
 * @example
 * ```ts
 * await writeSplitFile("split.json", data, await makeSplit(rule, data), rule);
 * ```
 */
export async function writeSplitFile(
  path: string,
  data: Dataset,
  split: Split,
  rule: SplitRule,
): Promise<void> {
  const parts = partsOf(split, data);
  const used = new Set(Object.values(parts).flat());
  const file: Omit<SplitFile, "parts"> = {
    format: "perturbine split 1",
    rule,
    name: split.name,
    unit: split.unit ?? "drug",
    unused: data.rowNames.filter((name) => !used.has(name)),
    checksum: checksumOfParts(parts),
    conditions: checksumOfConditions(data),
  };
  const fields = Object.entries(file).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`);
  const rows = Object.entries(parts).map(([part, names]) => `    "${part}": ${JSON.stringify(names)}`);
  await writeFileAtomic(path, `{\n${fields.join(",\n")},\n  "parts": {\n${rows.join(",\n")}\n  }\n}\n`);
}

/**
 * Reads `split.json`.
 *
 * @throws {UserError} when it is missing, damaged, or its parts are not those of its checksum.
 *
 * @example
 * ```ts
 * const { checksum } = await readSplitFile("runs/a/split.json");
 * const split = await makeSplit({ rule: "file", file: "runs/a/split.json", checksum }, data);
 * ```
 */
export async function readSplitFile(path: string): Promise<SplitFile> {
  let bytes: Uint8Array;
  try {
    bytes = await system.readFile(path);
  } catch (error) {
    throw new UserError(`${path}: the split cannot be read (${(error as Error).message}); check the path.`);
  }
  let file: SplitFile;
  try {
    const value = jsonOf(bytes) as { format?: unknown } | null;
    const fault = formatFault(value?.format, [format]);
    if (fault !== undefined) throw new Error(`it ${fault}`);
    file = schema.parse(value);
  } catch (error) {
    const why = error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`).join("; ")
      : (error as Error).message;
    throw new UserError(
      `${path}: no split file (${why}), expected what a run keeps as split.json; give such a file.`,
    );
  }
  const checksum = checksumOfParts(file.parts);
  if (checksum !== file.checksum) {
    throw new UserError(
      `${path}: its parts have the checksum ${checksum}, expected ${file.checksum} as it says itself; the file was changed or ` +
        "damaged, restore it (or write the new checksum into it, if the change is meant).",
    );
  }
  return file;
}

/**
 * The parts of a split file as rows of a table.
 *
 * @param checksum that the file must have; absent: any.
 * @throws {UserError} when it has another, names a row that the table lacks or names one twice, leaves a row of the table out, or was
 * made of rows with other conditions under the same names.
 */
export async function splitFromFile(path: string, data: Dataset, checksum?: string): Promise<Split> {
  const file = await readSplitFile(path);
  if (checksum !== undefined && checksum !== file.checksum) {
    throw new UserError(
      `${path}: found the checksum ${file.checksum}, expected ${checksum}; it is another split than the run was made with, ` +
        "restore it or start a new run.",
    );
  }
  const rowOf = new Map(data.rowNames.map((name, row) => [name, row]));
  const listed = [...Object.values(file.parts).flat(), ...file.unused];
  const unknown = listed.filter((name) => !rowOf.has(name));
  if (unknown.length > 0) {
    throw new UserError(
      `${path}: ${unknown.length} of its ${listed.length} rows are not in ${data.source} (${
        listNames(unknown)
      }), expected rows ` +
        `of its ${data.rows}; give the split of these data.`,
    );
  }
  const seen = new Set<string>();
  const twice = listed.filter((name) => seen.size === seen.add(name).size);
  if (twice.length > 0) {
    throw new UserError(
      `${path}: found ${listNames(twice)} more than once, expected every row in one part; mend the file.`,
    );
  }
  const left = data.rowNames.filter((name) => !seen.has(name));
  if (left.length > 0) {
    throw new UserError(
      `${path}: ${left.length} rows of ${data.source} are in no part (${
        listNames(left)
      }), expected every row in one; give the ` +
        "split of these data, or list the rows to leave out under `unused`.",
    );
  }
  const conditions = checksumOfConditions(data);
  if (file.conditions !== undefined && file.conditions !== conditions) {
    throw new UserError(
      `${path}: the rows of ${data.source} have the names of this split but other drugs, cell lines, doses or times (checksum ` +
        `${conditions}, expected ${file.conditions}): rows were edited, or drugs told apart in another way; restore ` +
        "them and --identity, or make a new split.",
    );
  }
  const rows = (part: readonly string[]) => Uint32Array.from(part, (name) => rowOf.get(name)!).sort();
  const { train, validation, test } = file.parts;
  return {
    name: file.name,
    unit: file.unit,
    train: rows(train),
    validation: rows(validation),
    test: rows(test),
  };
}
