import { Engine, Step, type Tensor } from "../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../models/ops/csg2a_block.ts";
import { csg2aBlockMaterialised } from "../naive/csg2a_block_materialised.ts";
import { csg2aBlockCase } from "../kernels/csg2a_block.ts";
import { countedGflop } from "./counted_gflop.ts";
import { measuredLines } from "./measured_lines.ts";
import type { CostTable, ReproducedLine } from "./reproduction.ts";

const source = "csg2a.md 4.3";

/** Published sizes and costs of the block at batch 128 and width 64, GFLOP. */
const published = [
  { genes: 978, materialised: [16.2, 31.7], closed: [0.066, 0.132], ratio: 242 },
  { genes: 10_167, materialised: [1747, 3427], closed: [0.71, 1.39], ratio: 2468 },
] as const;

/** Why the twin's backward pass does half of the published operations. */
const oneProduct = "published: two backward products with the queries; here one, with dA + dA'";

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
  return [countedGflop(step, "forward"), countedGflop(step, "backward")];
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
          note: note ?? (form === "materialised" && pass === "backward" ? oneProduct : undefined),
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
        note: here === null ? undefined : oneProduct,
      }];
    });
  } finally {
    engine.dispose();
  }
}

/** The cost table of the CSG2A block: operations as published, time and memory measured here over genes and batch. */
export const csg2aCosts: CostTable = {
  name: "csg2a-costs",
  title: "CSG2A block: materialised against closed form, counted at batch 128 and width 64",
  async lines(gpu, quick) {
    return [
      ...await countedLines(gpu),
      ...await measuredLines(gpu, {
        kernel: csg2aBlockCase,
        materialised: "tiled",
        fused: "closed",
        what: "tiled materialised over closed",
        genes: quick ? [128, 300] : [128, 256, 512, 978],
        batches: quick ? [2] : [1, 4, 16],
      }),
    ];
  },
};
