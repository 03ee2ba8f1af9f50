import { type Kernel, linearGrid } from "../descriptor.ts";
import code from "./copy_columns.wgsl" with { type: "text" };

/** Copies `width` columns of `rows` rows between tables of different widths. */
export const copyColumns: Kernel = {
  name: "copy_columns",
  code,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: () => 0,
  bytes: ({ rows, width }) => 8 * rows * width,
  iterations: () => 0,
};
