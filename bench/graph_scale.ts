/**
 * One layer of graph attention at the size of a knowledge graph: time forward and backward, buffers, cost against edges.
 *
 *     deno run -A cli/launch.ts run -A bench/graph_scale.ts --kind gat,gatv2 --edges 100000,1000000,8100498 --naive
 *
 * Without arguments two small graphs. Four heads of 64 channels, 50 relations with a bias each, dropout 0.1; edges a node as in PrimeKG
 * (129,375 nodes and 8,100,498 edges). c is the process's CPU time over its processors, w the wall clock: on a busy machine only c
 * can be compared. Some output rows, the longest among them, and the gradient of some sources are compared with float64.
 */
import { cpus } from "node:os";
import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { Engine, type Plan, type Tensor } from "../engine/mod.ts";
import type { GraphAttentionForm } from "../kernels/graph_attention/graph_attention.ts";
import { type EdgeIndex, edgeIndex } from "../models/ops/graph_attention/edge_index.ts";
import { gatAttention } from "../models/ops/graph_attention/gat_attention.ts";
import { headLogits } from "../models/ops/graph_attention/head_logits.ts";
import { gatv2Layer } from "../models/ops/graph_attention/gatv2_layer.ts";
import { deviceGraph } from "../models/ops/graph_attention/graph.ts";
import { RandomValues } from "../testing/random_values.ts";
import { fitExponent } from "./fit_exponent.ts";
import { gatAttentionNaive, naiveGraph } from "./naive/graph_attention_naive.ts";
import { graphAttentionReference } from "./reference/graph_attention.ts";
import { relativeError } from "./relative_error.ts";
import { stream } from "./roofline/probes.ts";
import { edgesOfNode, skewedGraph } from "./skewed_graph.ts";

const [heads, channels, relations, slope, rate, site] = [4, 64, 50, 0.2, 0.1, 3];
const width = heads * channels;
const still = { step: 5, seed: 11, learningRate: 0 };
type Kind = "gat" | "gatv2" | "naive";
type Host = Record<string, Float32Array<ArrayBuffer>>;

interface Clock {
  readonly w: number;
  readonly c: number;
}

/** Best of several replays of one phase. */
async function time(engine: Engine, plan: Plan, from: number, to: number): Promise<Clock> {
  const begun = performance.now();
  const before = cpuUsage();
  plan.replayRange(from, to, new Map(), still);
  await engine.device.idle();
  const { user, system } = cpuUsage(before);
  return { w: performance.now() - begun, c: (user + system) / 1000 / cpus().length };
}

/** GB/s of a plain copy, by CPU time and by the clock. */
async function copyRate(): Promise<Clock> {
  const engine = await Engine.open(navigator.gpu);
  try {
    const n = Math.min(1 << 24, Math.floor(engine.device.maxBinding / 4));
    const [source, into] = ["source", "into"].map((name) => engine.constant([n], new Float32Array(n), name));
    const { plan } = await engine.record(
      "copy",
      (step) => step.run(stream, { x: source, y: into }, { quads: n / 4 }),
    );
    const clocks: Clock[] = [];
    for (let repeat = 0; repeat < 5; repeat++) clocks.push(await time(engine, plan, 0, 1));
    const rate = (clock: "w" | "c") => 8 * n / 1e6 / Math.min(...clocks.map((each) => each[clock]));
    return { w: rate("w"), c: rate("c") };
  } finally {
    engine.dispose();
  }
}

/** Dropout factors of slots, by the generator of kernels/random/random.wgsl written again. */
function factorsOf(slots: ArrayLike<number>): Float64Array {
  const mix = (value: number) => {
    let x = value >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return (x ^ (x >>> 16)) >>> 0;
  };
  const key = mix(still.seed ^ mix(still.step + 0x9e3779b9) ^ mix(Math.imul(site, 0x85ebca6b) + 0x6a09e667));
  return Float64Array.from({ length: slots.length * heads }, (_, k) => {
    const element = slots[Math.floor(k / heads)] * heads + k % heads;
    const u = (mix(mix(element + key) ^ Math.imul(key, 0x9e3779b1)) >>> 8) / 2 ** 24;
    return u >= Math.fround(rate) ? 1 / (1 - rate) : 0;
  });
}

/** The part of a graph that decides some destinations' rows, nodes counted anew. */
function partOf({ csr, destinations }: EdgeIndex, rows: readonly number[]) {
  const slots = rows.flatMap((row) =>
    Array.from({ length: csr.rowptr[row + 1] - csr.rowptr[row] }, (_, k) => csr.rowptr[row] + k)
  );
  const sources = [...new Set(slots.map((slot) => csr.src[slot]))];
  const place = new Map(sources.map((node, k) => [node, k]));
  const rowOf = new Uint32Array(destinations);
  rows.forEach((row, k) => rowOf[row] = k);
  const index = edgeIndex({
    sources: sources.length,
    destinations: rows.length,
    source: Uint32Array.from(slots, (slot) => place.get(csr.src[slot])!),
    destination: Uint32Array.from(
      rows.flatMap((row, k) => Array(csr.rowptr[row + 1] - csr.rowptr[row]).fill(k)),
    ),
    relation: Uint8Array.from(slots, (slot) => csr.rel![slot]),
    relations,
  });
  return { index, sources, slots };
}

/** Largest relative errors of some rows of the output, and of the gradient of some sources, against float64. */
function sampled(kind: "gat" | "gatv2", index: EdgeIndex, host: Host, y: Float32Array, dxl: Float32Array) {
  const rows = (values: Float32Array, nodes: readonly number[]) => {
    const chosen = new Float32Array(nodes.length * width);
    nodes.forEach((node, k) => chosen.set(values.subarray(node * width, (node + 1) * width), k * width));
    return chosen;
  };
  const { rowptr } = index.csr;
  const { colptr, dst } = index.csc;
  const degree = (node: number) => rowptr[node + 1] - rowptr[node];
  let hub = 0;
  for (let node = 0; node < index.destinations; node++) if (degree(node) > degree(hub)) hub = node;
  // The source whose destinations have the fewest edges in all, of some that send any.
  const cost = (node: number) => {
    let sum = 0;
    for (let k = colptr[node]; k < colptr[node + 1]; k++) sum += degree(dst[k]);
    return sum || Infinity;
  };
  const source =
    Array.from({ length: Math.min(200, index.sources) }, (_, k) => k).sort((a, b) => cost(a) - cost(b))[0];
  // The source itself as well: GAT's halves of the logits are both made of xl.
  const reached = dst.subarray(colptr[source], colptr[source + 1]);
  const chosen = [...new Set([hub, source, index.destinations - 1, ...reached])];
  const part = partOf(index, chosen);
  const { relationBias, sourceVector, destinationVector, vector } = host;
  const inputs: Host = {
    xl: rows(host.xl, part.sources),
    xr: rows(host.xr, chosen),
    relationBias,
    ...(kind === "gat" ? { sourceVector, destinationVector } : { vector }),
  };
  const factors = factorsOf(part.slots);
  const reference = graphAttentionReference(part.index, { kind, heads, channels, slope, factors });
  const gradients = reference.backward(inputs, rows(host.dy, chosen));
  const rowOf = (values: ArrayLike<number>, node: number) =>
    Array.from(values).slice(node * width, (node + 1) * width);
  const asSource = rowOf(gradients.xl, part.sources.indexOf(source));
  const asDestination = rowOf(gradients.xr, chosen.indexOf(source));
  const gradient = kind === "gat" ? asSource.map((value, c) => value + asDestination[c]) : asSource;
  return {
    output: relativeError(rows(y, chosen), reference.forward(inputs)),
    gradient: relativeError(rows(dxl, [source]), gradient),
  };
}

async function layer(kind: Kind, index: EdgeIndex, host: Host, repeats: number, form?: GraphAttentionForm) {
  const engine = await Engine.open(navigator.gpu);
  try {
    const constant = (name: string, rows: number, columns: number) =>
      engine.constant([rows, columns], host[name], name, name !== "dy");
    const xl = constant("xl", index.sources, width);
    const xr = kind === "gatv2" ? constant("xr", index.destinations, width) : undefined;
    const relationBias = constant("relationBias", relations, heads);
    const dropout = { rate, site };
    const build = (() => {
      if (kind === "naive") {
        const graph = naiveGraph(engine, index);
        return (halves: [Tensor, Tensor]) => (step: Parameters<typeof gatAttention>[0]) =>
          gatAttentionNaive(
            step,
            { xl, sourceLogits: halves[0], destinationLogits: halves[1], relationBias },
            { graph, heads, slope },
          );
      }
      const graph = deviceGraph(engine, index);
      const attributes = { graph, heads, slope, dropout, form };
      if (kind === "gat") {
        return (halves: [Tensor, Tensor]) => (step: Parameters<typeof gatAttention>[0]) =>
          gatAttention(
            step,
            { xl, sourceLogits: halves[0], destinationLogits: halves[1], relationBias },
            attributes,
          );
      }
      const vector = constant("vector", heads, channels);
      return () => (step: Parameters<typeof gatAttention>[0]) =>
        gatv2Layer(step, { xl, xr: xr!, vector, relationBias }, attributes);
    })();
    const halves = kind === "gatv2"
      ? undefined
      : (["sourceVector", "destinationVector"] as const).map((name) => constant(name, heads, channels));
    const dy = constant("dy", index.destinations, width);
    const { plan, result } = await engine.record(`${kind} at ${index.edges} edges`, (step) => {
      // GAT's halves of the logits: products with rows of xl and, since time is what counts here, of xl again.
      const logits = halves?.map((vector) => headLogits(step, { x: xl, vector }, { heads })) as [
        Tensor,
        Tensor,
      ];
      const y = build(logits)(step);
      step.backward(y, dy);
      return { y: step.keep(y), dxl: step.keep(step.gradient(xl)!) };
    });
    const forward = plan.dispatches.filter(({ phase }) => phase === "forward").length;
    // Drivers make code of a pipeline when it first runs: once unmeasured, except where that is nothing beside the work.
    if (index.edges < 1_000_000) await time(engine, plan, 0, plan.dispatches.length);
    const clocks = { forward: [] as Clock[], backward: [] as Clock[] };
    for (let repeat = 0; repeat < repeats; repeat++) {
      clocks.forward.push(await time(engine, plan, 0, forward));
      clocks.backward.push(await time(engine, plan, forward, plan.dispatches.length));
    }
    const best = (times: readonly Clock[]) => times.toSorted((a, b) => a.c - b.c)[0];
    const bytes = (phase: string) =>
      plan.dispatches.filter((dispatch) => dispatch.phase === phase)
        .reduce((sum, { kernel, uniforms }) => sum + kernel.bytes(uniforms), 0);
    return {
      y: new Float32Array(await plan.read(result.y)),
      dxl: new Float32Array(await plan.read(result.dxl)),
      forward: { ...best(clocks.forward), bytes: bytes("forward") },
      backward: { ...best(clocks.backward), bytes: bytes("backward") },
      buffers: engine.device.memory.peak,
      launches: [forward, plan.dispatches.length - forward],
    };
  } finally {
    engine.dispose();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kind: { type: "string", default: "gat,gatv2" },
      edges: { type: "string", default: "20000,100000" },
      repeats: { type: "string", default: "2" },
      form: { type: "string" },
      naive: { type: "boolean", default: false },
      uniform: { type: "boolean", default: false },
    },
  });
  const kinds = values.kind.split(",") as ("gat" | "gatv2")[];
  const copy = await copyRate();
  console.log(
    `copy ${copy.c.toFixed(2)} GB/s by c, ${copy.w.toFixed(2)} by w; ${cpus().length} processors; ` +
      `${heads} heads of ${channels} channels`,
  );
  const points = new Map<string, [number, number][]>();
  for (const edges of values.edges.split(",").map(Number)) {
    const nodes = Math.ceil(edges / edgesOfNode);
    const random = new RandomValues(1);
    const index = skewedGraph({ nodes, edges, relations, exponent: values.uniform ? 0 : undefined }, random);
    const drawn = (size: number) => {
      const floats = new Float32Array(size);
      for (let k = 0; k < size; k++) floats[k] = 2 * random.next() - 1;
      return floats;
    };
    const host: Host = {
      xl: drawn(nodes * width),
      dy: drawn(nodes * width),
      vector: drawn(width),
      sourceVector: drawn(width),
      destinationVector: drawn(width),
      relationBias: drawn(relations * heads),
      xr: kinds.includes("gatv2") ? drawn(nodes * width) : new Float32Array(),
    };
    const most = index.csr.rowptr.reduce(
      (most, start, k) => Math.max(most, k ? start - index.csr.rowptr[k - 1] : 0),
      0,
    );
    const naive = values.naive && 4 * edges * width <= 1 << 27;
    let twin: Awaited<ReturnType<typeof layer>> | undefined;
    for (const kind of [...(naive ? ["naive" as const] : []), ...kinds]) {
      const run = await layer(kind, index, host, Number(values.repeats), values.form as GraphAttentionForm);
      if (kind === "naive") twin = run;
      const errors = kind === "naive"
        ? undefined
        : sampled(kind, index, kind === "gat" ? { ...host, xr: host.xl } : host, run.y, run.dxl);
      const phase = (name: "forward" | "backward") => {
        const { c, w, bytes } = run[name];
        points.set(`${kind} ${name}`, [...points.get(`${kind} ${name}`) ?? [], [edges, c]]);
        const faster = twin && kind === "gat" ? `, ${(twin[name].c / c).toFixed(1)} x naive` : "";
        return `${name} c ${c.toFixed(0)} w ${w.toFixed(0)} ms, ${
          (bytes / 1e6 / c).toFixed(2)
        } GB/s${faster}`;
      };
      console.log(
        `${kind}: ${edges} edges, ${nodes} nodes, at most ${most} into one | ${phase("forward")} | ${
          phase("backward")
        } | ` +
          `buffers ${(run.buffers / 1e6).toFixed(1)} MB, ${run.launches.join(" + ")} launches` +
          (errors
            ? ` | off by ${errors.output.toExponential(1)} and ${errors.gradient.toExponential(1)}`
            : ""),
      );
    }
  }
  for (const [name, list] of points) {
    if (list.length > 1) console.log(`${name}: time ~ edges^${fitExponent(list).exponent.toFixed(2)}`);
  }
}
