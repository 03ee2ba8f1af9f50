import { csvLine } from "../datasets/readers/csv_line.ts";

/** A cell: numbers are written with six digits, what is missing is left empty. */
type CsvCell<Row> = (row: Row, at: number) => string | number | null | undefined;

/** The lines of a CSV file by its columns; `more` are columns whose heads may be alike. */
export function csvTable<Row>(
  rows: readonly Row[],
  columns: Readonly<Record<string, CsvCell<Row>>>,
  more: readonly (readonly [head: string, cell: CsvCell<Row>])[] = [],
): string[] {
  const all = [...Object.entries(columns), ...more];
  const text = (value: ReturnType<CsvCell<Row>>) =>
    typeof value === "number" ? value.toPrecision(6) : value ?? "";
  const body = rows.map((row, at) => all.map(([, cell]) => text(cell(row, at))));
  return [all.map(([head]) => head), ...body].map(csvLine);
}
