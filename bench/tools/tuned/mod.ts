import { additiveAttention, dotAttention } from "./attention.ts";
import { block } from "./csg2a_block.ts";
import { matmul } from "./matmul.ts";
import type { TunedWork } from "./work.ts";

/** Everything that can be tuned. */
export const tunedWorks: readonly TunedWork[] = [matmul, block, dotAttention, additiveAttention];
