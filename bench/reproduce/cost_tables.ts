import { Engine, Step, type Tensor } from "../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../engine/ops/csg2a_block.ts";
import { csg2aBlockMaterialised } from "../../engine/ops/csg2a_block_materialised.ts";
import { csg2aBlockCase } from "../kernels/csg2a_block.ts";
import { runKernelCase } from "../run_kernel_case.ts";
import type { ReproducedLine, Reproduction } from "./reproduction.ts";

const source = "csg2a.md 4.3";

/** Published sizes and costs of the block at batch 128 and width 64, GFLOP. */
const published = [
  { genes: 978, materialised: [16.2, 31.7], closed: [0.066, 0.132], ratio: 242 },
  { genes: 10_167, materialised: [1747, 3427], closed: [0.71, 1.39], ratio: 2468 },
] as const;

/** What the kernels of a recorded block count, GFLOP forward and backward. Nothing is run and little allocated. */
function countedCost(engine: Engine, form: "closed" | "materialised", genes: number): [number, number] {
  const [batch, width] = [128, 64];
  const step = new Step(engine.device);
  const wanted = (shape: readonly number[], label: string) => step.input(shape, label, "f32", true);
  const inputs = {
    profile: wanted([batch, genes], "profile"),
    condition: wanted([batch, genes], "condition"),
    wGex: wanted([genes, width], "w_gex"),
    wComp: wanted([genes, width], "w_comp"),
  };
  const rows = Uint32Array.from({ length: genes + 1 }, (_, i) => i);
  const packed = blockGraph(rows, rows.subarray(0, genes), "matmul");
  const list = (values: { length: number }, label: string) => step.input([values.length], label, "u32");
  const graph = list(packed.graph, "graph");
  const y: Tensor = form === "closed"
    ? csg2aBlock(step, { ...inputs, graph, graphTransposed: list(packed.transposed, "graph'") }, {
      variant: "matmul",
    })
    : csg2aBlockMaterialised(step, { ...inputs, graph }, { variant: "matmul", products: "tiled" });
  step.backward(y, step.input([batch, genes], "upstream"));
  const sum = (phase: string) =>
    step.dispatches.filter((dispatch) => dispatch.phase === phase)
      .reduce((total, { kernel, uniforms }) => total + kernel.flops(uniforms), 0) / 1e9;
  return [sum("forward"), sum("backward")];
}

/** Operations of both forms beside the published ones. */
async function countedLines(gpu: GPU): Promise<ReproducedLine[]> {
  const engine = await Engine.open(gpu);
  try {
    return published.flatMap(({ genes, ratio, ...costs }) => {
      const counted = (["materialised", "closed"] as const).map((form) => {
        try {
          return { form, cost: countedCost(engine, form, genes), note: undefined };
        } catch (error) {
          // A form that does not fit the adapter is part of the answer.
          return { form, cost: [null, null] as const, note: (error as Error).message };
        }
      });
      const lines: ReproducedLine[] = counted.flatMap(({ form, cost, note }) =>
        (["forward", "backward"] as const).map((pass, k) => ({
          what: `${form} ${pass}, ${genes} genes`,
          published: costs[form][k],
          source,
          here: cost[k],
          unit: "GFLOP",
          note,
        }))
      );
      const total = (k: number) => {
        const [forward, backward] = counted[k].cost;
        return forward === null || backward === null ? null : forward + backward;
      };
      const [materialised, closed] = [total(0), total(1)];
      const here = materialised === null || closed === null ? null : materialised / closed;
      return [...lines, {
        what: `ratio of operations, ${genes} genes`,
        published: ratio,
        source,
        here,
        unit: "x",
      }];
    });
  } finally {
    engine.dispose();
  }
}

/** Measured times of both forms over genes and batch, each checked against float64. */
async function measuredLines(
  gpu: GPU,
  genes: readonly number[],
  batches: readonly number[],
): Promise<ReproducedLine[]> {
  const lines: ReproducedLine[] = [];
  for (const size of genes) {
    for (const batch of batches) {
      const sizes = { ...csg2aBlockCase.sizes, genes: size, batch };
      const { rows, refused } = await runKernelCase(gpu, csg2aBlockCase, {
        sizes,
        variants: ["closed", "tiled"],
        seed: 1,
        budgetMs: 300,
      });
      const time = (variant: string) =>
        rows.find((row) => row.variant === variant && row.pass === "both")?.ms_median;
      const [closed, tiled] = [time("closed"), time("tiled")];
      lines.push({
        what: `measured time, tiled materialised over closed, ${size} genes, batch ${batch}`,
        published: null,
        here: closed && tiled ? tiled / closed : null,
        unit: "x",
        note: refused.map(({ variant, reason }) => `${variant}: ${reason}`).join("; ") ||
          `${tiled?.toPrecision(3)} against ${closed?.toPrecision(3)} ms`,
      });
    }
  }
  return lines;
}

/** The cost table of the CSG2A block: operations as published, and times measured here over genes and batch. */
export async function csg2aCosts(gpu: GPU, quick: boolean): Promise<Reproduction> {
  const counted = await countedLines(gpu);
  const measured = await measuredLines(
    gpu,
    quick ? [128, 300] : [128, 256, 512, 978],
    quick ? [2] : [1, 4, 16],
  );
  return {
    name: "csg2a-costs",
    title: "CSG2A block: materialised against closed form, batch 128, width 64",
    command: "perturbine bench reproduce csg2a-costs",
    lines: [...counted, ...measured],
  };
}
