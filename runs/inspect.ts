import { isParquet, readParquetColumns } from "../datasets/readers/parquet_columns.ts";
import { readGmt } from "../datasets/formats/gmt.ts";
import {
  factsOf,
  type FeatureIds,
  featureIds,
  landmarks,
  type ValueFacts,
  valueFacts,
} from "../datasets/formats/inspect_matrix.ts";
import { isHdf5, openMatrix } from "../datasets/formats/open_matrix.ts";
import { readSdf } from "../datasets/formats/sdf.ts";
import { readCsv } from "../datasets/readers/csv.ts";
import { isMissing } from "../datasets/readers/missing.ts";
import { storedTensor } from "../datasets/readers/stored_table.ts";
import { parseNumber } from "../datasets/readers/parse_number.ts";
import { UserError } from "../datasets/user_error.ts";
import { openSafetensors, readPytorchFile } from "../host/checkpoint/mod.ts";
import { fileKind } from "../host/file_kind.ts";
import { system } from "../host/system.ts";
import { type InspectedFile, inspectFolder } from "./inspect_folder.ts";

/** What a file or folder is, and which command takes it next. */
export interface Inspection {
  /** As given. */
  readonly path: string;
  /** `GCTX`, `CSV`, `run`, `folder (profiles)`, ... */
  readonly format: string;
  /** Samples, lines, sets, molecules, tensors; null where there is no such thing. */
  readonly rows: number | null;
  /** Features, columns; null where there is no such thing. */
  readonly columns: number | null;
  /** What values look like, of matrices and tables of numbers. */
  readonly scale: ValueFacts["scale"];
  /** Least and largest value looked at. */
  readonly range: ValueFacts["range"];
  /** How genes are called, of matrices. */
  readonly ids: FeatureIds | null;
  /** Missing values among those that were looked at. */
  readonly missing: number | null;
  /** Features that the file marks as measured genes. */
  readonly landmarks: number | null;
  /** Names of metadata fields, columns or tensors. */
  readonly fields: readonly string[];
  /** The files of a folder. */
  readonly files: readonly InspectedFile[];
  /** Why a data folder cannot be read as a whole; null where it can. */
  readonly wrong: string | null;
  /** What a training would say of a data folder, or the reader of a table: what is converted, merged, odd. */
  readonly notes: readonly string[];
  /** The command that takes it next, or what to do. */
  readonly next: string;
}

const nothing = {
  rows: null,
  columns: null,
  scale: null,
  range: null,
  ids: null,
  missing: null,
  landmarks: null,
  fields: [],
  files: [],
  wrong: null,
  notes: [],
} as const;

/**
 * Says what a file or folder is.
 *
 * @throws {UserError} when it is missing, or is damaged.
 * @example
 * ```ts
 * const { format, rows, columns, next } = await inspect("level3.gctx");
 * ```
 */
export async function inspect(path: string): Promise<Inspection> {
  const stat = await system.stat(path).catch(() => undefined);
  if (stat === undefined) throw new UserError(`${path}: there is no such file or folder; check the path.`);
  if (stat.isDirectory) return { path, ...nothing, ...await inspectFolder(path, inspectFile) };
  if (stat.size === 0) throw new UserError(`${path}: the file is empty (0 bytes); export or copy it again.`);
  return { path, ...nothing, ...await inspectFile(path) };
}

type Found = Pick<Inspection, "format" | "next"> & Partial<Inspection>;

async function inspectFile(path: string): Promise<Found> {
  using file = await system.open(path);
  const head = new Uint8Array(4096);
  const text = new TextDecoder("latin1").decode(head.subarray(0, await file.read(head) ?? 0));
  if (await isParquet(path)) return await parquet(path);
  if (await isHdf5(path) || text.startsWith("#1.")) return await matrix(path);
  if (head[0] === 0x93 && text.slice(1, 6) === "NUMPY") return numpy(path, text);
  if (/\.safetensors$/i.test(path)) return await safetensors(path);
  if (/\.(pt|pth|ckpt|bin)$/i.test(path)) return await pytorch(path);
  if (/\.gmt(\.gz)?$/i.test(path)) return await geneSets(path);
  if (/\.sdf(\.gz)?$/i.test(path)) return await molecules(path);
  const kind = fileKind(head);
  if (kind !== undefined && !(head[0] === 0x1f && head[1] === 0x8b)) {
    return { format: kind.name, next: kind.forTable };
  }
  if (/\.gct(\.gz)?$/i.test(path)) return await matrix(path);
  return await table(path);
}

async function matrix(path: string): Promise<Found> {
  using file = await openMatrix(path);
  const { scale, range, missing } = valueFacts(file);
  const plates = [...file.samples.fields.keys()].some((name) => name.toLowerCase() === "pert_type");
  return {
    format: file.format,
    rows: file.samples.ids.length,
    columns: file.features.ids.length,
    scale,
    range,
    ids: featureIds(file.features.ids),
    missing,
    landmarks: landmarks(file),
    fields: [...file.samples.fields.keys()],
    next: plates && scale !== "z"
      ? `perturbine prepare csg2a ${path} --out data/NAME`
      : "export it as CSV: `perturbine prepare csg2a` takes log2 profiles of wells with plate and pert_type",
  };
}

async function parquet(path: string): Promise<Found> {
  const { columns, rows } = await readParquetColumns(path);
  return {
    format: "Parquet",
    rows,
    columns: columns.length,
    fields: columns,
    next: `perturbine evaluate RUN --predictions ${path}, if these are predictions of a run's rows`,
  };
}

function numpy(path: string, text: string): Found {
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(text)?.[1].split(",").map((one) => one.trim()).filter((one) =>
    one !== ""
  ).map(Number);
  if (shape === undefined) {
    throw new UserError(`${path}: its header tells no shape; the file is damaged, save it again.`);
  }
  return {
    format: `npy (${/'descr':\s*'([^']*)'/.exec(text)?.[1] ?? "unknown type"})`,
    rows: shape[0] ?? 1,
    columns: shape.slice(1).reduce((product, extent) => product * extent, 1),
    next: `perturbine prepare kg --features TYPE=${path}, if these are vectors of nodes`,
  };
}

async function safetensors(path: string): Promise<Found> {
  using file = await openSafetensors(path);
  const profiles = file.entries.find(({ name }) => name === storedTensor);
  if (profiles) {
    return {
      format: "safetensors (profiles)",
      rows: profiles.shape[0],
      columns: profiles.shape[1],
      fields: [profiles.name],
      next: "perturbine train csg2a --data FOLDER, the prepared folder that it lies in",
    };
  }
  return {
    format: "safetensors",
    rows: file.entries.length,
    fields: file.entries.map(({ name }) => name),
    next: `perturbine train MODEL --from ${path}, or perturbine convert ${path} weights.pt`,
  };
}

async function pytorch(path: string): Promise<Found> {
  const { tensors } = await readPytorchFile(path);
  return {
    format: "PyTorch weights",
    rows: tensors.size,
    fields: [...tensors.keys()],
    next: `perturbine convert ${path} weights.safetensors`,
  };
}

async function geneSets(path: string): Promise<Found> {
  const sets = await readGmt(path);
  const genes = new Set(sets.flatMap((set) => set.genes));
  return {
    format: "GMT",
    rows: sets.length,
    columns: genes.size,
    ids: featureIds([...genes]),
    next: `perturbine prepare kg --gene-sets ${path}`,
  };
}

async function molecules(path: string): Promise<Found> {
  let rows = 0;
  const fields = new Set<string>();
  for await (const { properties } of readSdf(path)) {
    rows++;
    for (const name of properties.keys()) fields.add(name);
  }
  return {
    format: "SDF",
    rows,
    fields: [...fields],
    next: "no command takes SDF yet: structures go in as SMILES",
  };
}

/** Rows of a table that are looked at for its scale. */
const lookedRows = 200;

async function table(path: string): Promise<Found> {
  let header: readonly string[] = [];
  const known: number[] = [], notes: string[] = [];
  let missing = 0;
  const rows = await readCsv(path, {
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
    header: (columns) => header = columns,
    row(cells, { row }) {
      if (row > lookedRows) return;
      for (const cell of cells) {
        const value = parseNumber(cell);
        if (!Number.isNaN(value)) known.push(value);
        else if (isMissing(cell)) missing++;
      }
    },
  });
  const ids = featureIds(header.slice(1));
  const profiles = header.length > 50 && (ids === "symbols" || ids === "Entrez" || ids === "Ensembl");
  const lower = header.map((name) => name.toLowerCase());
  const next = profiles
    ? "part of a data folder (gex_DMSO.csv, gex_comp.csv, gex_before.csv), or --profiles of `perturbine prepare`"
    : lower.includes("pert_type")
    ? `perturbine prepare csg2a --wells ${path} --profiles FILE --out data/NAME`
    : lower.some((name) => /^ln_ic50/.test(name))
    ? `perturbine prepare gdsc --response ${path} --profiles FILE --out data/NAME`
    : lower.some((name) => /^(drug|name|drug_name|pert_iname)$/.test(name)) &&
        lower.some((name) => /^(moa|mechanisms?|targets?)$/.test(name))
    ? `perturbine prepare kg --targets ${path}, or --clusters ${path} of evaluate and study`
    : lower.some((name) => /smiles/.test(name))
    ? `perturbine predict RUN ${path} --out predicted.csv`
    : "no command takes it as it is; `perturbine prepare --help` shows what does";
  return {
    format: "table (CSV)",
    rows,
    columns: header.length,
    ...(profiles ? { ...factsOf(Float32Array.from(known)), ids } : {}),
    missing,
    fields: profiles ? [] : header,
    notes,
    next,
  };
}
