import { type Kernel, linearGrid } from "../descriptor.ts";
import { repeatLines } from "../repeat_lines.ts";
import code from "./copy_columns.wgsl" with { type: "text" };
import joinCode from "./join_columns.wgsl" with { type: "text" };
import partCode from "./part_columns.wgsl" with { type: "text" };

/** Copies `width` columns of `rows` rows between tables of different widths. */
export const copyColumns: Kernel = {
  name: "copy_columns",
  code,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: () => 0,
  bytes: ({ rows, width }) => 8 * rows * width,
  iterations: () => 0,
};

/** Most tables that one dispatch joins or fills. */
export const joinedTables = 3;

function columns(name: string, text: string, tables: number): Kernel {
  return {
    name: `${name}_${tables}`,
    code: repeatLines(text, "p", tables),
    workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
    flops: () => 0,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: () => 0,
  };
}

/** `tables` (1 to 3) tables of `rows` rows, w0, w1, w2 columns wide and r0, r1, r2 from row to row, side by side. */
export function joinColumns(tables: number): Kernel {
  return columns("join_columns", joinCode, tables);
}

/** Columns of `rows` rows handed to `tables` (1 to 3) tables, w0, w1 and w2 wide. */
export function partColumns(tables: number): Kernel {
  return columns("part_columns", partCode, tables);
}
