import { sizeClass, type Tunable } from "../tunable.ts";
import { type Tiling, tilings } from "./additive_attention.ts";

/** Where the passes over pairs keep what they use again. */
export const additiveTilingTunable: Tunable<Tiling> = {
  name: "additiveAttention.tiling",
  candidates: tilings,
  shapeClass: ({ samples, heads, queries, keys, depth, shared }) =>
    `q${sizeClass(queries)} k${sizeClass(keys)} d${sizeClass(depth)} x${sizeClass(samples * heads)} ` +
    (shared ? "shared" : "own"),
};
