import { UserError } from "../../datasets/user_error.ts";
import type { Model } from "../model.ts";
import { closedForm } from "./closed_form.ts";

/** B0 of field.md section 4 for expression after treatment. */
export const noChange: Model = closedForm({
  name: "no-change",
  title: "No change",
  summary: "the untreated profile of the row itself",
  layouts: ["profiles", "knowledge-graph"],
  open({ data: { basal, source } }) {
    if (!basal) {
      throw new UserError(
        `${source}: no untreated profiles, so there is nothing that could stay as it is; leave this baseline out.`,
      );
    }
    return {
      fit: () => undefined,
      predict: (rows) => basal.take(rows),
      state: () => new Map(),
      restore: () => undefined,
    };
  },
});
