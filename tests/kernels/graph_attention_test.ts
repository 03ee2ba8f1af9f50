/** Graph attention against float64, in both forms: hubs, isolated nodes, empty relations, parallel edges, loops, and rows cut up. */
import assert from "node:assert/strict";
import { graphAttentionReference } from "../../bench/reference/graph_attention.ts";
import { Engine, GpuError, type HostArray, type Step, type Tensor } from "../../engine/mod.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import type { GraphAttentionAttributes } from "../../models/ops/graph_attention/attributes.ts";
import { type EdgeIndex, edgeIndex, type EdgeList } from "../../models/ops/graph_attention/edge_index.ts";
import { type GatInputs, gatLayer } from "../../models/ops/graph_attention/gat_attention.ts";
import type { Gatv2Inputs } from "../../models/ops/graph_attention/gatv2_inputs.ts";
import { gatv2Layer } from "../../models/ops/graph_attention/gatv2_layer.ts";
import { deviceGraph } from "../../models/ops/graph_attention/graph.ts";
import { type CheckedInput, checkOperation } from "../../testing/check_operation.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { deviceTest, gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { runOperation } from "../support/run_operation.ts";

type Kind = "gat" | "gatv2";
const kinds = ["gat", "gatv2"] as const;

interface Case {
  readonly kind: Kind;
  readonly index: EdgeIndex;
  readonly heads: number;
  readonly channels: number;
  readonly chunk?: number;
  /** One tensor on both sides. */
  readonly shared?: boolean;
  readonly attributes?: Partial<GraphAttentionAttributes>;
  readonly factors?: ArrayLike<number>;
  readonly tolerance?: number;
}

/** Random edges; node 3 receives a hub's share, node 5 sends one, the last two nodes have none; relation 2 of 5 stays empty. */
function hubs(nodes: number, edges: number): EdgeList {
  const random = new RandomValues(5);
  const drawn = Array.from({ length: edges }, (_, e) => ({
    source: e % 3 === 0 ? 5 : random.below(nodes - 2),
    destination: e % 3 === 1 ? 3 : random.below(nodes - 2),
    relation: [0, 1, 3, 4][random.below(4)],
  }));
  // Loops and parallel edges, also of the same relation.
  drawn.push(...[7, 7, 3].map((node) => ({ source: node, destination: node, relation: 1 })));
  drawn.push(drawn[0], { ...drawn[1], relation: 4 });
  return {
    sources: nodes,
    destinations: nodes,
    source: Uint32Array.from(drawn, ({ source }) => source),
    destination: Uint32Array.from(drawn, ({ destination }) => destination),
    relation: Uint8Array.from(drawn, ({ relation }) => relation),
    relations: 5,
  };
}

const listOf = (sources: number, destinations: number, pairs: readonly (readonly [number, number])[]) =>
  edgeIndex({
    sources,
    destinations,
    source: Uint32Array.from(pairs, ([source]) => source),
    destination: Uint32Array.from(pairs, ([, destination]) => destination),
  });

function inputsOf({ kind, index, heads, channels, shared }: Case): Record<string, CheckedInput> {
  const width = heads * channels;
  const vectors = kind === "gat" ? ["sourceVector", "destinationVector"] : ["vector"];
  return {
    xl: { shape: [index.sources, width] },
    ...(shared ? {} : { xr: { shape: [index.destinations, width] } }),
    ...Object.fromEntries(vectors.map((name) => [name, { shape: [heads, channels] }])),
    ...(index.csr.rel ? { relationBias: { shape: [index.relations, heads] } } : {}),
  };
}

function build(engine: Engine, { kind, index, heads, chunk, attributes }: Case) {
  const graph = deviceGraph(engine, index, chunk === undefined ? {} : { chunk });
  const all = { graph, heads, slope: 0.2, ...attributes };
  return (step: Step, t: Readonly<Record<string, Tensor>>) => {
    const inputs = { ...t, xr: t.xr ?? t.xl };
    return kind === "gat"
      ? gatLayer(step, inputs as unknown as GatInputs, all)
      : gatv2Layer(step, inputs as unknown as Gatv2Inputs, all);
  };
}

async function check(engine: Engine, name: string, of: Case): Promise<void> {
  const { kind, index, heads, channels, shared, factors } = of;
  const whole = graphAttentionReference(index, { kind, heads, channels, slope: 0.2, factors });
  const both = (inputs: Readonly<Record<string, ArrayLike<number>>>) => ({
    ...inputs,
    xr: inputs.xr ?? inputs.xl,
  });
  await checkOperation(engine, {
    name: `${kind}: ${name}`,
    inputs: inputsOf(of),
    build: build(engine, of),
    reference: {
      forward: (inputs) => whole.forward(both(inputs)),
      backward(inputs, dy) {
        const gradients = whole.backward(both(inputs), dy);
        if (!shared) return gradients;
        const xl = Float64Array.from(gradients.xl, (value, k) => value + gradients.xr[k]);
        return { ...gradients, xl };
      },
    },
    tolerance: of.tolerance ?? 4e-6,
    absolute: 1e-6,
    seed: 3,
    values: factors ? { step: 6, seed: 77, learningRate: 0 } : undefined,
  });
}

for (const kind of kinds) {
  gpuTest(
    `${kind} with hubs, isolated nodes, an empty relation, loops and parallel edges matches float64`,
    async (engine) => {
      const index = edgeIndex(hubs(37, 301));
      for (const chunk of [16, undefined]) {
        // 4 x 64 channels: a race between subgroups shows only where a head has many lanes.
        await check(engine, `4 heads of 64, items of ${chunk ?? 512}`, {
          kind,
          index,
          heads: 4,
          channels: 64,
          chunk,
        });
      }
      await check(engine, "3 heads of 5 on one tensor", {
        kind,
        index,
        heads: 3,
        channels: 5,
        chunk: 7,
        shared: true,
      });
    },
  );

  gpuTest(
    `${kind} is right for one node, one edge, no edge, and two sides of different size`,
    async (engine) => {
      const small = { kind, heads: 2, channels: 3 } as const;
      await check(engine, "one node with a loop", { ...small, index: listOf(1, 1, [[0, 0]]) });
      await check(engine, "one edge", { ...small, index: listOf(2, 3, [[1, 2]]) });
      await check(engine, "no edge", { ...small, index: listOf(3, 2, []) });
      const pairs = [[0, 0], [6, 0], [6, 0], [2, 3], [1, 3], [4, 1], [6, 3]] as const;
      await check(engine, "seven sources, five destinations", { ...small, index: listOf(7, 5, pairs) });
    },
  );

  gpuTest(
    `${kind} works heads one at a time, and cut over calls, with the dropout of the whole layer`,
    async (engine) => {
      const index = edgeIndex(hubs(29, 207));
      const [heads, channels, rate, site] = [4, 8, 0.4, 9];
      const factors = await dropoutFactors(engine, index.edges * heads, rate, site);
      const shares = Array.from(factors).filter((factor) => factor === 0).length / factors.length;
      assert.ok(Math.abs(shares - rate) < 0.06, `${shares} of the weights dropped`);
      for (const mostHeads of [4, 2, 1]) {
        const attributes = { mostHeads, dropout: { rate, site } };
        const of = { kind, index, heads, channels, factors, attributes, chunk: 16 };
        await check(engine, `${mostHeads} of 4 heads at a time, dropout`, of);
      }
      await checkCalls(engine, { kind, index, heads, channels, factors }, { rate, site });
    },
  );

  gpuTest(
    `${kind}: a row longer than the adapter's loops is split, or refused where it may not be`,
    async (engine) => {
      const edges = 80_000;
      const random = new RandomValues(2);
      const pairs = Array.from(
        { length: edges },
        (_, e) => [random.below(3), e % 5_000 === 0 ? 1 : 0] as const,
      );
      const index = listOf(3, 2, pairs);
      const of = { kind, index, heads: 1, channels: 4, tolerance: 2e-5 };
      await check(engine, "80,000 edges into one node, split", of);
      await check(engine, "80,000 edges into one node, in items of 3,000", {
        ...of,
        chunk: 3_000,
        tolerance: 1e-4,
      });
      try {
        await check(engine, "80,000 edges into one node, whole", { ...of, chunk: Infinity, tolerance: 1e-3 });
      } catch (error) {
        if (!(error instanceof GpuError)) throw error;
        assert.match(error.message, /may need \d+ loop iterations .* is known to run \d+/);
      }
    },
  );

  gpuTest(`${kind} in items of 16 edges and unsplit differ by less than 1e-5`, async (engine) => {
    const of = { kind, index: edgeIndex(hubs(61, 907)), heads: 4, channels: 16 } as const;
    const random = new RandomValues(4);
    const inputs = Object.fromEntries(
      Object.entries(inputsOf(of)).map((
        [key, { shape }],
      ) => [key, { shape, values: random.floats(shape[0] * shape[1]) }]),
    );
    const upstream = [random.floats(61 * 64)];
    const [split, whole] = [
      await runOperation(engine, inputs, build(engine, { ...of, chunk: 16 }), upstream),
      await runOperation(engine, inputs, build(engine, { ...of, chunk: Infinity }), upstream),
    ];
    const pairs = Object.keys(inputs).map((key) => [split.gradients[key], whole.gradients[key]]);
    for (const [a, b] of [[split.outputs[0], whole.outputs[0]], ...pairs]) {
      assert.notDeepEqual(a, b, "rows were split, so that rounding differs");
      const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const worst = b.reduce((most, value, k) => Math.max(most, Math.abs(value - a[k])), 0);
      assert.ok(worst < 1e-5 * largest, `${worst} of ${largest}`);
    }
  });
}

async function dropoutFactors(
  engine: Engine,
  size: number,
  rate: number,
  site: number,
): Promise<Float32Array> {
  const ones = engine.constant([size], new Float32Array(size).fill(1), "ones");
  const { plan, result } = await engine.record(
    "factors",
    (step) => step.keep(elementwise(step, { x: ones }, { stages: [{ kind: "dropout", rate }], site })),
  );
  plan.replay(new Map(), { step: 6, seed: 77, learningRate: 0 });
  return new Float32Array(await plan.read(result));
}

/** A layer of four heads as two calls of two heads side by side. */
async function checkCalls(
  engine: Engine,
  of: Required<Pick<Case, "kind" | "index" | "heads" | "channels" | "factors">>,
  dropout: { rate: number; site: number },
): Promise<void> {
  const { kind, index, heads, channels, factors } = of;
  const random = new RandomValues(8);
  const values: Record<string, { shape: readonly number[]; values: Float32Array<ArrayBuffer> }> = {};
  for (const [key, { shape }] of Object.entries(inputsOf(of))) {
    values[key] = { shape, values: random.floats(shape[0] * shape[1]) };
  }
  const half = (key: string, first: number) => {
    const { shape: [rows, columns], values: all } = values[key];
    if (/vector/i.test(key)) {
      return { shape: [2, channels], values: all.slice(first * channels, (first + 2) * channels) };
    }
    const width = columns / 2;
    const from = first * columns / heads;
    const part = Float32Array.from(
      { length: rows * width },
      (_, k) => all[Math.floor(k / width) * columns + from + k % width],
    );
    return { shape: [rows, width], values: part };
  };
  const halves: Record<string, { shape: readonly number[]; values: HostArray }> = {};
  for (const key of Object.keys(values)) {
    for (const first of [0, 2]) halves[`${key} ${first}`] = half(key, first);
  }
  const { outputs } = await runOperation(
    engine,
    halves,
    (step, t) =>
      concatColumns(
        step,
        [0, 2].map((first) => {
          const own = Object.fromEntries(Object.keys(values).map((key) => [key, t[`${key} ${first}`]]));
          const layerHeads = { first, total: heads };
          return build(engine, { ...of, heads: 2, attributes: { dropout, layerHeads } })(step, own);
        }),
      ),
    [new Float32Array(index.destinations * heads * channels)],
    { step: 6, seed: 77, learningRate: 0 },
  );
  const host = Object.fromEntries(Object.entries(values).map(([key, { values }]) => [key, values]));
  const expected = graphAttentionReference(index, { kind, heads, channels, slope: 0.2, factors }).forward(
    host,
  );
  const worst = expected.reduce((most, value, k) => Math.max(most, Math.abs(value - outputs[0][k])), 0);
  assert.ok(worst < 4e-6, `${kind} over two calls: ${worst} off`);
}

deviceTest(
  "where bindings are small, heads are worked on in groups, and what does not fit is refused by name",
  async () => {
    const engine = await Engine.open(navigator.gpu, { maxBinding: 4096, poison: true });
    try {
      const index = edgeIndex(hubs(37, 301));
      for (const kind of kinds) {
        await check(engine, "4 heads of 4, bindings of 4 KiB", { kind, index, heads: 4, channels: 4 });
      }
      const record = (of: Case) =>
        engine.record("too large", (step) => {
          const tensors = Object.entries(inputsOf(of)).map((
            [name, { shape }],
          ) => [name, step.input(shape, name)]);
          return build(engine, of)(step, Object.fromEntries(tensors));
        });
      const many = listOf(3, 3, Array.from({ length: 900 }, (_, e) => [e % 3, (e * e) % 3] as const));
      await assert.rejects(
        () => record({ kind: "gatv2", index: many, heads: 4, channels: 4 }),
        /900 edges need 7200 bytes a head and this adapter binds 4096; use fewer edges/,
      );
      await assert.rejects(
        () => record({ kind: "gat", index, heads: 4, channels: 64 }),
        /rows of 4 heads of 64 channels for 37 nodes take 37888 bytes and this adapter binds 4096; call it for some heads/,
      );
    } finally {
      engine.dispose();
    }
  },
);

gpuTest("graph attention refuses what does not fit its graph, in one sentence", async (engine) => {
  const index = edgeIndex(hubs(9, 20));
  const record = (of: Case, change: (inputs: Record<string, CheckedInput>) => void) =>
    engine.record("wrong", (step) => {
      const inputs = inputsOf(of);
      change(inputs);
      const tensors = Object.entries(inputs).map(([name, { shape }]) => [name, step.input(shape, name)]);
      return build(engine, of)(step, Object.fromEntries(tensors));
    });
  const of = { kind: "gat", index, heads: 2, channels: 3 } as const;
  const wrong: [RegExp, Case, (inputs: Record<string, CheckedInput>) => void][] = [
    [/xl .* must be \[9, 6\]/, of, (inputs) => inputs.xl = { shape: [8, 6] }],
    [/relationBias .* must be \[5, 2\]/, of, (inputs) => inputs.relationBias = { shape: [4, 2] }],
    [/xr .* must be \[9, 6\]/, { ...of, kind: "gatv2" }, (inputs) => inputs.xr = { shape: [9, 8] }],
    [/vector .* must be \[2, 3\]/, { ...of, kind: "gatv2" }, (inputs) => inputs.vector = { shape: [7] }],
    [/dropout rate of 1; expected/, { ...of, attributes: { dropout: { rate: 1 } } }, () => {}],
  ];
  for (const [message, given, change] of wrong) await assert.rejects(() => record(given, change), message);
  assert.throws(
    () => listOf(2, 2, [[0, 1], [2, 1]]),
    /edge 1 has the source 2; there are 2, counted from 0/,
  );
}, ["software"]);

releaseEngines();
