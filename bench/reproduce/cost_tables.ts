import { badgerCosts } from "./badger_costs.ts";
import { csg2aCosts } from "./csg2a_costs.ts";
import type { CostTable } from "./reproduction.ts";

/** Cost tables that `bench reproduce` repeats. */
export const costTables: readonly CostTable[] = [csg2aCosts, badgerCosts];
