import { layouts } from "../datasets/layouts/mod.ts";

/** Names of all layouts: those of models that look at nothing but the row table. */
export const layoutNames: readonly string[] = layouts.map(({ name }) => name);
