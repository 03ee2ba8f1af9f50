import type { KernelCase } from "../kernel_case.ts";
import { additiveAttentionCase } from "./additive_attention.ts";
import { csg2aBlockCase, csg2aBlockRowsumCase } from "./csg2a_block.ts";
import { geneAttentionCase } from "./gene_attention.ts";
import { matAttentionCase } from "./mat_attention.ts";
import { matmulCase } from "./matmul.ts";
import { replayCase } from "./replay.ts";

/** Every kernel that `bench kernels` knows, in the order in which it measures them. */
export const kernelCases: readonly KernelCase[] = [
  csg2aBlockCase,
  csg2aBlockRowsumCase,
  additiveAttentionCase,
  geneAttentionCase,
  matAttentionCase,
  matmulCase,
  replayCase,
];
