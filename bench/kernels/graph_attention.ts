import type { Engine, Step, Tensor } from "../../engine/mod.ts";
import type { EdgeIndex } from "../../models/ops/graph_attention/edge_index.ts";
import { gatLayer } from "../../models/ops/graph_attention/gat_attention.ts";
import { gatv2Layer } from "../../models/ops/graph_attention/gatv2_layer.ts";
import { deviceGraph } from "../../models/ops/graph_attention/graph.ts";
import { headLogits } from "../../models/ops/graph_attention/head_logits.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import type { KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import { gatAttentionNaive, naiveGraph } from "../naive/graph_attention_naive.ts";
import { graphAttentionReference } from "../reference/graph_attention.ts";
import { skewedGraph } from "../skewed_graph.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

const slope = 0.2;
const sizes = { edges: 20_000, nodes: 320, relations: 7, heads: 4, channels: 64 };

/**
 * A destination's gradient is a sum over its edges that is exactly zero where all their logits lie on one side of the kink: on
 * a graph of single edges nothing but rounding is left of it, and no error relative to it says anything.
 */
const least = { edges: 300 };

type Tensors = Readonly<Record<string, Tensor>>;
type Build = (step: Step, tensors: Tensors) => Tensor;

/** Layers of attention over a skewed random graph, with a bias a relation. */
function graphCase(
  named: Pick<KernelCase, "name" | "summary" | "skip">,
  kind: "gat" | "gatv2",
  variants: Readonly<Record<string, (engine: Engine, index: EdgeIndex, sizes: Sizes) => Build>>,
): KernelCase {
  return {
    ...named,
    sizes,
    least,
    variants: Object.keys(variants),
    async prepare(
      engine: Engine,
      variant: string,
      sizes: Sizes,
      random: RandomValues,
    ): Promise<PreparedCase> {
      const { edges, nodes, relations, heads, channels } = sizes;
      const index = skewedGraph({ edges, nodes, relations }, random);
      const vectors = kind === "gat" ? ["sourceVector", "destinationVector"] : ["vector"];
      const shapes: Record<string, readonly number[]> = {
        xl: [nodes, heads * channels],
        xr: [nodes, heads * channels],
        ...Object.fromEntries(vectors.map((name) => [name, [heads, channels]])),
        relationBias: [relations, heads],
      };
      const values = Object.fromEntries(
        Object.entries(shapes).map(([name, [rows, columns]]) => [name, random.floats(rows * columns)]),
      );
      const tensors = Object.fromEntries(
        Object.entries(shapes).map((
          [name, shape],
        ) => [name, engine.constant(shape, values[name], name, true)]),
      );
      const build = variants[variant](engine, index, sizes);
      const upstream = random.floats(nodes * heads * channels);
      const dy = engine.constant([nodes, heads * channels], upstream, "upstream");
      const { plan, result: kept } = await engine.record(`${named.name} ${variant}`, (step) => {
        const y = build(step, tensors);
        step.backward(y, dy);
        const gradients = Object.values(tensors).map((tensor) => step.gradient(tensor)!);
        return [y, ...gradients].map((tensor) => step.keep(tensor));
      });
      return {
        plan,
        inputs: boundInputs({ ...tensors, upstream: dy }, { ...values, upstream }),
        results: ["y", ...Object.keys(tensors)].map((name, k) => keptResult(plan, name, kept[k])),
        expected({ upstream, ...inputs }) {
          const reference = graphAttentionReference(index, { kind, heads, channels, slope });
          return { y: reference.forward(inputs), ...reference.backward(inputs, upstream) };
        },
      };
    },
  };
}

/** GAT beside message passing with every edge's message in memory. */
export const graphAttentionCase: KernelCase = graphCase(
  {
    name: "graph-attention",
    summary: "GAT over a skewed graph: softmax over incoming edges, sums of neighbours' rows",
    skip: (variant, { edges, heads, channels }) =>
      variant === "naive" && 4 * edges * heads * channels > 1 << 27
        ? "the messages of all edges exceed a binding of 128 MiB"
        // Nothing is split in the twin: it sums the edges of a hub one after the other.
        : variant === "naive" && edges > 1 << 17
        ? "sums over more than 131,072 edges in one piece are less exact than is allowed"
        : undefined,
  },
  "gat",
  {
    chosen: (engine, index, { heads }) => {
      const graph = deviceGraph(engine, index);
      return (step, t) =>
        gatLayer(step, t as unknown as Parameters<typeof gatLayer>[1], { graph, heads, slope });
    },
    naive: (engine, index, { heads }) => {
      const graph = naiveGraph(engine, index);
      return (step, { xl, xr, sourceVector, destinationVector, relationBias }) =>
        gatAttentionNaive(step, {
          xl,
          sourceLogits: headLogits(step, { x: xl, vector: sourceVector }, { heads }),
          destinationLogits: headLogits(step, { x: xr, vector: destinationVector }, { heads }),
          relationBias,
        }, { graph, heads, slope });
    },
  },
);

/** GATv2. */
export const graphAttentionV2Case: KernelCase = graphCase(
  {
    name: "graph-attention-v2",
    summary: "GATv2 over a skewed graph: the logit is a product with each edge's own vector",
  },
  "gatv2",
  {
    chosen: (engine, index, { heads }) => {
      const graph = deviceGraph(engine, index);
      return (step, t) =>
        gatv2Layer(step, t as unknown as Parameters<typeof gatv2Layer>[1], { graph, heads, slope });
    },
  },
);
