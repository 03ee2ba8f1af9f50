import { type Dataset, type Key, matrixOf, type Outputs } from "../../../datasets/dataset.ts";

/** What a test says about its rows; the rest is filled in. */
export interface RowTable {
  readonly drugs: readonly string[];
  readonly cells?: readonly string[];
  readonly doses?: readonly number[];
  readonly times?: readonly number[];
  readonly kind?: Outputs["kind"];
  /** Number of outputs. */
  readonly outputs: number;
  readonly truth?: Float32Array<ArrayBuffer>;
  readonly basal?: Float32Array<ArrayBuffer>;
}

/** A row table without files. */
export function rowTable(
  { drugs, cells, doses, times, kind = "signature", outputs, truth, basal }: RowTable,
): Dataset {
  const rows = drugs.length;
  const cellOf = cells ?? drugs.map(() => "A375");
  const dose = Float32Array.from({ length: rows }, (_, row) => doses?.[row] ?? 10);
  const time = Float32Array.from({ length: rows }, (_, row) => times?.[row] ?? 24);
  const conditions = new Map<string, number>();
  const condition = Uint32Array.from({ length: rows }, (_, row) => {
    const text = [drugs[row], cellOf[row], dose[row], time[row]].join("|");
    if (!conditions.has(text)) conditions.set(text, conditions.size);
    return conditions.get(text)!;
  });
  const drug = key(drugs);
  return {
    layout: "test",
    name: "test",
    source: "test",
    rows,
    rowNames: drugs.map((_, row) => `sig${row}`),
    identity: "parent",
    drug,
    structures: drug.ids.map(() => ""),
    cell: key(cellOf),
    dose,
    time,
    condition,
    outputs: {
      kind,
      names: Array.from({ length: outputs }, (_, gene) => kind === "response" ? "ln IC50" : `G${gene}`),
      unit: "z-score",
    },
    ...(truth ? { truth: matrixOf(truth, outputs) } : {}),
    ...(basal ? { basal: matrixOf(basal, outputs) } : {}),
    inputs: undefined,
    notes: [],
    skipped: [],
    files: [],
    fingerprint: "",
  };
}

function key(labels: readonly string[]): Key {
  const ids = [...new Set(labels)];
  return {
    ids,
    names: ids.map((id) => `name of ${id}`),
    of: Uint32Array.from(labels, (label) => ids.indexOf(label)),
    merged: [],
  };
}

/** The numbers 0 .. count - 1. */
export function numbers(count: number, from = 0): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, place) => from + place);
}
