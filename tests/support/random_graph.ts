import type { Engine, Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise, type Stage } from "../../engine/ops/elementwise.ts";
import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { maskRows } from "../../models/ops/mask_rows.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { splitColumns } from "../../engine/ops/split_columns.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { type HostStage, HostTape, type HostValue } from "./host_tape.ts";

/** One operation of a graph: what it is, and numbers that choose its inputs and settings. */
export interface GraphOperation {
  readonly kind: typeof graphOperations[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Operations and how their values enter the loss: one or two places of the pool. */
export interface Graph {
  readonly operations: readonly GraphOperation[];
  readonly losses: readonly number[];
}

/** Sizes that all graphs over the same parameters share. */
export interface GraphSizes {
  readonly rows: number;
  readonly widths: readonly number[];
}

/** What `record` knows: values of the parameters by key, and what was decided by the values of the first pass. */
export interface GraphInputs {
  readonly parameters: ReadonlyMap<
    string,
    { readonly tensor: Tensor; readonly values: ArrayLike<number>; readonly trainable: boolean }
  >;
  /** Data that no one trains. */
  readonly random: RandomValues;
  readonly engine: Engine;
  /** Filled by the first pass, followed by the others. */
  readonly decisions: number[];
}

/** A value on both sides; its tensor is there when a step is recorded. */
export interface GraphValue {
  readonly host: HostValue;
  readonly device?: Tensor;
}

/** Kinds of operations of random graphs. */
export const graphOperations = [
  "linear",
  "residual",
  "add",
  "chain",
  "concatAndSplit",
  "softmax",
  "layerNorm",
  "broadcast",
  "gather",
  "mask",
  "reshape",
  "parameter",
] as const;

const slopes: Record<string, HostStage> = {
  tanh: { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  sigmoid: {
    value: (x) => 1 / (1 + Math.exp(-x)),
    slope: (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2,
  },
  relu: { value: (x) => Math.max(x, 0), slope: (x) => x > 0 ? 1 : 0 },
  exp: { value: Math.exp, slope: Math.exp },
  square: { value: (x) => x * x, slope: (x) => 2 * x },
};

const hostStage = (stage: Stage): HostStage => {
  if (stage.kind === "affine") {
    return {
      value: (x) => x * stage.scale + stage.shift,
      slope: () => stage.scale,
    };
  }
  if (stage.kind === "leakyRelu") {
    return {
      value: (x) => x > 0 ? x : stage.slope * x,
      slope: (x) => x > 0 ? 1 : stage.slope,
    };
  }
  return slopes[stage.kind];
};

/** Chains that keep values of moderate size moderate. */
const chains: readonly (readonly Stage[])[] = [
  [{ kind: "tanh" }],
  [{ kind: "affine", scale: -1.25, shift: 0.5 }],
  [{ kind: "leakyRelu", slope: 0.25 }],
  [{ kind: "relu" }],
  [{ kind: "tanh" }, { kind: "square" }],
  [{ kind: "sigmoid" }, { kind: "affine", scale: 2, shift: -1 }, { kind: "exp" }],
];

/** Keys and shapes of the parameters that graphs draw from. */
export function graphParameters({ rows, widths }: GraphSizes): { key: string; shape: readonly number[] }[] {
  return widths.flatMap((width, i) => [
    ...widths.map((other, j) => ({ key: `weight${i}${j}`, shape: [other, width] })),
    { key: `bias${i}`, shape: [width] },
    { key: `scale${i}`, shape: [width] },
    { key: `shift${i}`, shape: [width] },
    { key: `table${i}`, shape: [rows, width] },
  ]);
}

interface Entry extends GraphValue {
  /** Which of the widths. */
  readonly w: number;
}

/**
 * Builds a graph in float64, and on a step if one is given. All values are tables of `rows` rows; those that grow are scaled
 * down, and layer norm passes over tables that hardly vary, by decisions of the first pass.
 */
export function buildGraph(
  graph: Graph,
  { rows, widths }: GraphSizes,
  inputs: GraphInputs,
  step: Step | undefined,
): { tape: HostTape; loss: GraphValue; pool: readonly GraphValue[]; leaves: ReadonlyMap<string, HostValue> } {
  const { engine, random, parameters, decisions } = inputs;
  const tape = new HostTape();
  const leaves = new Map<string, HostValue>();
  let decided = 0;
  const decide = (first: () => number) => decisions[decided++] ??= first();
  const parameter = (key: string): GraphValue => {
    const { tensor, values, trainable } = parameters.get(key)!;
    if (!leaves.has(key)) leaves.set(key, tape.leaf(tensor.shape, values, trainable));
    return { host: leaves.get(key)!, device: step && tensor };
  };
  const data = (shape: readonly number[], values: Float32Array<ArrayBuffer>): GraphValue => ({
    host: tape.leaf(shape, values),
    device: step && engine.constant(shape, values, "data"),
  });
  /** The device's side of an operation, where there is one. */
  const on = <T>(record: (step: Step) => T): T | undefined => step && record(step);
  const chained = (x: GraphValue, stages: readonly Stage[]): GraphValue => ({
    host: tape.map(x.host, stages.map(hostStage)),
    device: on((step) => elementwise(step, { x: x.device! }, { stages })),
  });
  const pool: Entry[] = [
    { ...data([rows, widths[0]], random.floats(rows * widths[0])), w: 0 },
    { ...parameter("table0"), w: 0 },
  ];
  const take = (k: number): Entry => pool[k % pool.length];
  const like = (k: number, w: number): Entry => {
    const fitting = pool.filter((entry) => entry.w === w);
    return fitting[k % fitting.length];
  };
  const reshaped = (x: GraphValue, shape: readonly number[]): GraphValue => ({
    host: tape.pick(shape, [x.host], (at) => ({ table: 0, at })),
    device: on((step) => reshape(step, { x: x.device! }, { shape })),
  });
  const operations: Record<GraphOperation["kind"], (operation: GraphOperation) => Entry | Entry[]> = {
    linear({ a, b, c }) {
      const x = take(a);
      const w = b % widths.length;
      const [weight, bias] = [parameter(`weight${x.w}${w}`), c % 3 ? parameter(`bias${w}`) : undefined];
      const activation = (["none", "relu", "leakyRelu"] as const)[c % 3];
      let host = tape.linear(x.host, weight.host, bias?.host);
      if (activation !== "none") {
        host = tape.map(host, [hostStage({ kind: activation, slope: 0.25 } as Stage)]);
      }
      return {
        host,
        w,
        device: on((step) =>
          linear(step, { x: x.device!, weight: weight.device!, bias: bias?.device }, {
            activation,
            slope: 0.25,
          })
        ),
      };
    },
    residual({ a, b }) {
      const [x, residual] = [take(a), take(b)];
      const weight = parameter(`weight${x.w}${residual.w}`);
      return {
        w: residual.w,
        host: tape.linear(x.host, weight.host, undefined, residual.host),
        device: on((step) =>
          linear(step, { x: x.device!, weight: weight.device!, residual: residual.device }, {})
        ),
      };
    },
    add({ a, b }) {
      const x = take(a);
      const y = like(b, x.w);
      const of = (i: number) => i;
      return {
        w: x.w,
        host: tape.gatherSum([rows, widths[x.w]], [{ value: x.host, of }, { value: y.host, of }]),
        device: on((step) => add(step, { a: x.device!, b: y.device! })),
      };
    },
    chain({ a, b }) {
      const x = take(a);
      return { w: x.w, ...chained(x, chains[b % chains.length]) };
    },
    concatAndSplit({ a, b, c }) {
      const parts = [take(a), take(b)];
      const [left, right] = parts.map(({ w }) => widths[w]);
      const both: GraphValue = {
        host: tape.pick([rows, left + right], parts.map(({ host }) => host), (i) => {
          const [r, column] = [Math.floor(i / (left + right)), i % (left + right)];
          return column < left
            ? { table: 0, at: r * left + column }
            : { table: 1, at: r * right + column - left };
        }),
        device: on((step) => concatColumns(step, parts.map(({ device }) => device!))),
      };
      const between = c % 2 ? chained(both, chains[c % chains.length]) : both;
      const halves = on((step) => splitColumns(step, between.device!, [left, right]));
      return parts.map(({ w }, part) => ({
        w,
        host: tape.pick([rows, widths[w]], [between.host], (i) => {
          const [r, column] = [Math.floor(i / widths[w]), i % widths[w]];
          return { table: 0, at: r * (left + right) + part * left + column };
        }),
        device: halves?.[part],
      }));
    },
    softmax({ a }) {
      const x = take(a);
      return { w: x.w, host: tape.softmax(x.host), device: on((step) => softmax(step, { x: x.device! })) };
    },
    layerNorm({ a }) {
      const x = take(a);
      if (!decide(() => Number(smallestDeviation(x.host) > 0.1))) return { w: x.w, ...chained(x, chains[0]) };
      const [scale, shift] = [parameter(`scale${x.w}`), parameter(`shift${x.w}`)];
      return {
        w: x.w,
        host: tape.layerNorm(x.host, scale.host, shift.host),
        device: on((step) =>
          layerNorm(step, { x: x.device!, scale: scale.device!, shift: shift.device! }, { kind: "torch" })
        ),
      };
    },
    broadcast({ a, b, c }) {
      const full = take(a);
      const width = widths[full.w];
      const item = c % 2 ? like(b, full.w) : undefined;
      const sample = c % 3 || !item ? parameter(`bias${full.w}`) : undefined;
      const activation = c % 5 < 3 ? "leakyRelu" : "none";
      const terms = [
        { value: full.host, of: (i: number) => i },
        ...item ? [{ value: item.host, of: (i: number) => i }] : [],
        ...sample ? [{ value: sample.host, of: (i: number) => i % width }] : [],
      ];
      let host = tape.gatherSum([1, rows, width], terms);
      if (activation === "leakyRelu") host = tape.map(host, [hostStage({ kind: "leakyRelu", slope: 0.25 })]);
      const device = on((step) =>
        broadcastAdd(step, { full: full.device, item: item?.device, sample: sample?.device }, {
          samples: 1,
          items: rows,
          activation,
          slope: 0.25,
        })
      );
      return { w: full.w, ...reshaped({ host, device }, [rows, width]) };
    },
    gather({ a, b, c }) {
      const x = take(a);
      const width = widths[x.w];
      const index = Uint32Array.from({ length: rows }, (_, r) => (b * r + c) % rows);
      const { starts, users } = invertIndex(index, rows);
      const constant = (values: Uint32Array<ArrayBuffer>) =>
        engine.constant([values.length], values, "index");
      return {
        w: x.w,
        host: tape.pick([rows, width], [x.host], (i) => ({
          table: 0,
          at: index[Math.floor(i / width)] * width + i % width,
        })),
        device: on((step) =>
          gatherRows(step, {
            x: x.device!,
            index: constant(index),
            starts: constant(starts),
            users: constant(users),
          })
        ),
      };
    },
    mask({ a, c }) {
      const x = take(a);
      const width = widths[x.w];
      const factors = Float32Array.from({ length: rows }, (_, r) => (r + c) % 3 ? 1 : 0);
      const mask = data([rows], factors);
      return {
        w: x.w,
        host: tape.pick(
          [rows, width],
          [x.host],
          (at) => ({ table: 0, at, factor: factors[Math.floor(at / width)] }),
        ),
        device: on((step) => maskRows(step, { x: x.device!, mask: mask.device! })),
      };
    },
    reshape({ a, b }) {
      const x = take(a);
      const width = widths[x.w];
      const turned = reshaped(x, b % 2 ? [rows * width] : [width, rows]);
      const between = b % 3 ? chained(turned, chains[b % chains.length]) : turned;
      return { w: x.w, ...reshaped(between, [rows, width]) };
    },
    parameter({ a }) {
      const w = a % widths.length;
      return { w, ...parameter(`table${w}`) };
    },
  };
  for (const operation of graph.operations) {
    const made = operations[operation.kind](operation);
    for (const value of Array.isArray(made) ? made : [made]) {
      const scale = decide(() => {
        const largest = value.host.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        return largest > 4 ? Math.fround(2 / largest) : 1;
      });
      pool.push(
        scale === 1 ? value : { w: value.w, ...chained(value, [{ kind: "affine", scale, shift: 0 }]) },
      );
    }
  }
  const losses = graph.losses.map((place): GraphValue => {
    const x = take(place);
    const target = data(x.host.shape, random.floats(x.host.data.length));
    return {
      host: tape.meanSquared(x.host, target.host.data),
      device: on((step) => mseLoss(step, { prediction: x.device!, target: target.device! })),
    };
  });
  const of = (i: number) => i;
  const loss = losses.reduce((a, b): GraphValue => ({
    host: tape.gatherSum([1], [{ value: a.host, of }, { value: b.host, of }]),
    device: on((step) => add(step, { a: a.device!, b: b.device! })),
  }));
  return { tape, loss, pool, leaves };
}

function smallestDeviation({ shape, data }: HostValue): number {
  const width = shape.at(-1)!;
  let smallest = Infinity;
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    smallest = Math.min(
      smallest,
      Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width),
    );
  }
  return smallest;
}
