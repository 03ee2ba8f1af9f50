import { sizeClass, type Tunable } from "../tunable.ts";

/** Whether the weights of a dot attention are stored, or stream through workgroup memory. */
export const attentionFormTunable: Tunable<"stored" | "streaming"> = {
  name: "dotAttention.form",
  candidates: ["stored", "streaming"],
  // One tensor in all roles has a backward pass of its own.
  shapeClass: ({ samples, heads, queries, keys, depth, self }) =>
    `q${sizeClass(queries)} k${sizeClass(keys)} d${sizeClass(depth)} x${sizeClass(samples * heads)} ` +
    (self ? "self" : "cross"),
};
