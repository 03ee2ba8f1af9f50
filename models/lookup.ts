import type { Tensor } from "../engine/mod.ts";

/** Parameters by state_dict key. */
export type Lookup = (key: string) => Tensor;
