import type { Engine, Step } from "../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../models/ops/csg2a_block.ts";
import { csg2aBlockMaterialised } from "../naive/csg2a_block_materialised.ts";
import type { BlockVariant } from "../../kernels/csg2a_block/csg2a_block.ts";
import type { KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { referenceBlock } from "../reference/csg2a_block.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

/** Beyond this many genes only the closed form runs: one naive step would take minutes. */
const mostGenes = 978;

/** Identity and about `degree` further ones a row, not symmetric. */
function randomGraph(genes: number, degree: number, random: RandomValues) {
  const rows = Array.from({ length: genes }, (_, i) => {
    const row = new Set([i]);
    for (let e = 0; e < degree; e++) row.add(random.below(genes));
    return [...row].sort((a, b) => a - b);
  });
  const indptr = new Uint32Array(genes + 1);
  rows.forEach((row, i) => indptr[i + 1] = indptr[i] + row.length);
  return { indptr, indices: Uint32Array.from(rows.flat()) };
}

async function prepare(
  engine: Engine,
  variant: string,
  application: BlockVariant,
  { genes, batch, width, degree }: Sizes,
  random: RandomValues,
): Promise<PreparedCase> {
  const { indptr, indices } = randomGraph(genes, degree, random);
  const host = {
    profile: random.floats(batch * genes),
    condition: random.floats(batch * genes),
    wGex: random.floats(genes * width),
    wComp: random.floats(genes * width),
    upstream: random.floats(batch * genes),
  };
  const profile = engine.constant([batch, genes], host.profile, "profile", true);
  const condition = engine.constant([batch, genes], host.condition, "condition", true);
  const wGex = engine.constant([genes, width], host.wGex, "w_gex", true);
  const wComp = engine.constant([genes, width], host.wComp, "w_comp", true);
  const upstream = engine.constant([batch, genes], host.upstream, "upstream");
  const record = (step: Step) => {
    const inputs = { profile, condition, wGex, wComp };
    if (variant === "closed") {
      const packed = blockGraph(indptr, indices, application);
      const graph = engine.constant([packed.graph.length], packed.graph, "graph");
      const graphTransposed = engine.constant([packed.transposed.length], packed.transposed, "graph'");
      return csg2aBlock(step, { ...inputs, graph, graphTransposed }, { variant: application });
    }
    const { graph: rows } = blockGraph(indptr, indices, "matmul");
    const graph = engine.constant([rows.length], rows, "graph");
    const products = variant === "naive" ? "naive" : "tiled";
    return csg2aBlockMaterialised(step, { ...inputs, graph }, { variant: application, products });
  };
  const learned = { profile, condition, wGex, wComp };
  const { plan, result: kept } = await engine.record(`csg2a-block ${variant}`, (step) => {
    const y = record(step);
    step.backward(y, upstream);
    const gradients = Object.entries(learned).map(([name, tensor]) =>
      [name, step.gradient(tensor)!] as const
    );
    return [["y", y] as const, ...gradients].map(([name, tensor]) => [name, step.keep(tensor)] as const);
  });
  return {
    plan,
    inputs: boundInputs({ ...learned, upstream }, host),
    results: kept.map(([name, tensor]) => keptResult(plan, name, tensor)),
    expected(values) {
      const arrays = { batch, genes, width, indptr, indices, ...values as typeof host };
      const { y, dProfile, dCondition, dWGex, dWComp } = referenceBlock(arrays, application);
      return { y, profile: dProfile, condition: dCondition, wGex: dWGex, wComp: dWComp };
    },
  };
}

function blockCase(name: string, application: BlockVariant, summary: string): KernelCase {
  return {
    name,
    summary,
    sizes: { genes: 978, batch: 16, width: 64, degree: 4 },
    variants: ["closed", "tiled", "naive"],
    flops: ({ genes, batch, width, degree }) =>
      application === "rowsum"
        ? batch * genes * (21 * width + 6)
        : batch * genes * (24 * width + 2 * (degree + 1) + 4),
    skip: (variant, { genes }) =>
      variant !== "closed" && genes > mostGenes
        ? `materialised variants run up to ${mostGenes} genes; float64 is the judge beyond`
        : undefined,
    prepare: (engine, variant, sizes, random) => prepare(engine, variant, application, sizes, random),
  };
}

/** The block as in the paper: closed form, and materialised with tiled and with naive products. */
export const csg2aBlockCase: KernelCase = blockCase(
  "csg2a-block",
  "matmul",
  "CSG2A block, scores applied as a matrix (the paper)",
);

/** The block as released. */
export const csg2aBlockRowsumCase: KernelCase = blockCase(
  "csg2a-block-rowsum",
  "rowsum",
  "CSG2A block, scores applied as row sums (the release)",
);
