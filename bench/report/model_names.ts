import type { ModelRow } from "../models/model_row.ts";

/**
 * What rows are called: by model; on a second line by adapter where there are several; and by number where rows still agree,
 * as those of two files of one adapter do.
 */
export function modelNames(rows: readonly ModelRow[]): ReadonlyMap<ModelRow, string> {
  const several = new Set(rows.map(({ adapter }) => adapter)).size > 1;
  const seen = new Map<string, number>();
  return new Map(rows.map((row) => {
    const key = JSON.stringify([row.model, row.pass, row.adapter]);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    const name = times > 1 ? `${row.model} (${times})` : row.model;
    return [row, several ? `${name}\n${row.adapter}` : name];
  }));
}
