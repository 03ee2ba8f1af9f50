import type { Model } from "../model.ts";
import { closedForm } from "./closed_form.ts";

/** B0 of field.md section 4 for changes; for expression values centred on their plate it is the plate's centre. */
export const zero: Model = closedForm({
  name: "zero",
  title: "Zero",
  summary: "zero for every output",
  open: ({ data }) => ({
    fit: () => undefined,
    predict: (rows) => new Float32Array(rows.length * data.outputs.names.length),
    state: () => new Map(),
    restore: () => undefined,
  }),
});
