import type { KernelCase } from "../kernel_case.ts";
import { additiveAttentionCase } from "./additive_attention.ts";
import { bitLinearCase } from "./bit_linear.ts";
import { csg2aBlockCase, csg2aBlockRowsumCase } from "./csg2a_block.ts";
import { degreeLinearCase } from "./degree_linear.ts";
import { elementwiseCase } from "./elementwise.ts";
import { gatherCase } from "./gather.ts";
import { graphAttentionCase, graphAttentionV2Case } from "./graph_attention.ts";
import { geneAttentionCase } from "./gene_attention.ts";
import { lossCases } from "./losses.ts";
import { matAttentionCase } from "./mat_attention.ts";
import { matmulCase } from "./matmul.ts";
import { optimizerCase } from "./optimizer.ts";
import { replayCase } from "./replay.ts";
import { batchNormCase, layerNormCase, setNormCase, softmaxCase } from "./rows.ts";

/** Every kernel that `bench kernels` knows, in the order in which it measures them. */
export const kernelCases: readonly KernelCase[] = [
  csg2aBlockCase,
  csg2aBlockRowsumCase,
  additiveAttentionCase,
  geneAttentionCase,
  matAttentionCase,
  matmulCase,
  degreeLinearCase,
  graphAttentionCase,
  graphAttentionV2Case,
  bitLinearCase,
  layerNormCase,
  setNormCase,
  softmaxCase,
  batchNormCase,
  elementwiseCase,
  gatherCase,
  ...lossCases,
  optimizerCase,
  replayCase,
];
