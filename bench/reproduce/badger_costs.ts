import { Engine, Step, type Tensor } from "../../engine/mod.ts";
import { additiveWeights } from "../../models/ops/additive_weights.ts";
import { additiveWeightsMaterialised } from "../naive/additive_weights_materialised.ts";
import { attentionValues } from "../../engine/ops/attention_values.ts";
import { dotAttention } from "../../engine/ops/dot_attention.ts";
import { attentionBlock } from "../../models/badger/attention_block.ts";
import { type BadgerConfig, releasedBadger } from "../../models/badger/config.ts";
import { badgerSpecs } from "../../models/badger/parameter_specs.ts";
import { additiveAttentionCase } from "../kernels/additive_attention.ts";
import { geneAttentionCase } from "../kernels/gene_attention.ts";
import { countedGflop } from "./counted_gflop.ts";
import { measuredLines } from "./measured_lines.ts";
import type { CostTable, ReproducedLine } from "./reproduction.ts";

const source = "badger.md 6";

/** Sizes of the published cost model. */
const [samples, heads, depth, genes] = [32, 2, 64, 978];
const width = heads * depth;

/** Additive blocks of the cost model, MB of one tanh tensor; and of the weights, the only thing a fused form may keep. */
const additiveBlocks = [
  { name: "140 pathways to genes", queries: genes, keys: 141, tanh: 2260, weights: 35 },
  { name: "308 pathways to genes", queries: genes, keys: 309, tanh: 4950, weights: null },
  { name: "drug to 140 pathways", queries: 140, keys: 11, tanh: 25, weights: null },
  { name: "light: drug to genes", queries: genes, keys: 10, tanh: 160, weights: null },
] as const;

/** Gene self attention: MB held, and GFLOP of two products forward and five backward. */
const selfAttention = [
  { form: "naive", held: 245, what: "weights" },
  { form: "streaming", held: 0.25, what: "row statistics" },
] as const;
const product = 7.84;

/** MB of what forward dispatches touch besides inputs and output. Nothing is run, so it may exceed the adapter. */
function heldMegabytes(step: Step, output: Tensor): number {
  const given = [...step.inputs, output].map(({ storage }) => storage);
  const ids = new Set(given.flatMap((storage) => storage.kind === "planned" ? [storage.id] : []));
  let bytes = 0;
  for (const { phase, bindings } of step.dispatches) {
    for (const { tensor } of phase === "forward" ? bindings : []) {
      if (tensor.storage.kind !== "planned" || ids.has(tensor.storage.id)) continue;
      ids.add(tensor.storage.id);
      bytes += tensor.bytes;
    }
  }
  return bytes / 1e6;
}

function recordAdditive(engine: Engine, form: "fused" | "naive", queries: number, keys: number): number {
  const step = new Step(engine.device);
  const layout = { samples, heads, sharedQueries: true };
  const v = step.input([samples * keys, width], "v");
  const scored = {
    q: step.input([queries, width], "q"),
    k: step.input([samples * keys, width], "k"),
    bias: step.input([depth], "bias"),
    vector: step.input([depth], "vector"),
    offset: step.input([1], "offset"),
  };
  const weights = form === "naive"
    ? additiveWeightsMaterialised(step, scored, layout)
    : additiveWeights(step, scored, layout);
  return heldMegabytes(step, attentionValues(step, { weights, v }, { ...layout, queries }));
}

/** What recording counts: MB held, GFLOP forward and backward. */
function recordSelf(engine: Engine, form: "naive" | "streaming") {
  const step = new Step(engine.device);
  const x = step.input([samples * genes, width], "x", "f32", true);
  const y = dotAttention(step, { q: x, k: x, v: x }, { samples, heads, form });
  step.backward(y, step.input([samples * genes, width], "upstream"));
  return {
    held: heldMegabytes(step, y),
    forward: countedGflop(step, "forward"),
    backward: countedGflop(step, "backward"),
  };
}

/** GFLOP of a whole block of the model, forward: projections, attention, output and feed-forward. */
function recordBlock(engine: Engine, name: "sign_mab.pmx.mab" | "gene_sab.sab.0.mab"): number {
  const config: BadgerConfig = { ...releasedBadger, genes, pathways: 140, cellWidth: 165, geneWidth: width };
  const shapes = new Map(badgerSpecs(config).map(({ key, shape }) => [key, shape]));
  const step = new Step(engine.device);
  const parameter = (key: string) => step.input(shapes.get(`${name}.${key}`)!, key);
  const cross = name === "sign_mab.pmx.mab";
  const x = step.input([cross ? genes : samples * genes, width], "genes");
  const y = cross ? step.input([samples * 141, width], "pathways") : undefined;
  const kind = cross ? config.crossAttention : config.selfAttention;
  attentionBlock(step, parameter, { x, y, samples, sharedQueries: cross }, { ...config, kind });
  // Both forms of tanh are recorded, and the kernels of the one that the device does not choose return at once.
  const dispatches = step.dispatches.filter(({ kernel }) => !kernel.name.endsWith("_exact"));
  return countedGflop({ dispatches }, "forward");
}

/** Memory and operations beside the published ones; an adapter too small for a form is part of the answer. */
async function countedLines(gpu: GPU): Promise<ReproducedLine[]> {
  const engine = await Engine.open(gpu);
  const line = (
    what: string,
    published: number | null,
    unit: string,
    count: () => number,
    note?: string,
  ): ReproducedLine => {
    const place = published === null ? {} : { source };
    try {
      return { what, published, ...place, here: count(), unit, note };
    } catch (error) {
      return { what, published, ...place, here: null, unit, note: (error as Error).message };
    }
  };
  try {
    return [
      ...additiveBlocks.flatMap(({ name, queries, keys, tanh, weights }) => [
        line(
          `additive, materialised, ${name}: held`,
          tanh,
          "MB",
          () => recordAdditive(engine, "naive", queries, keys),
          "published: one tanh tensor; here with the weights",
        ),
        line(
          `additive, fused, ${name}: held`,
          weights,
          "MB",
          () => recordAdditive(engine, "fused", queries, keys),
          weights === null ? undefined : "published: the weights; here with the exponentials of each row",
        ),
      ]),
      ...selfAttention.flatMap(({ form, held, what }) => [
        line(`gene self attention, ${form}: held`, held, "MB", () => recordSelf(engine, form).held, what),
        line(
          `gene self attention, ${form}: forward`,
          2 * product,
          "GFLOP",
          () => recordSelf(engine, form).forward,
          "published: two products of 7.84",
        ),
        line(
          `gene self attention, ${form}: backward`,
          5 * product,
          "GFLOP",
          () => recordSelf(engine, form).backward,
          "published: five products of 7.84",
        ),
      ]),
      line(
        "block pathway to gene, forward",
        6.7,
        "GFLOP",
        () => recordBlock(engine, "sign_mab.pmx.mab"),
        "published: needed (as released 8.4), 4 operations a pair and channel where the kernel counts 5",
      ),
      line(
        "block gene self, forward",
        19.8,
        "GFLOP",
        () => recordBlock(engine, "gene_sab.sab.0.mab"),
        "published: needed (as released 21.8)",
      ),
    ];
  } finally {
    engine.dispose();
  }
}

/** The form of gene self attention that the product runs on this class of adapters. */
async function productForm(gpu: GPU): Promise<"streaming" | "stored"> {
  const engine = await Engine.open(gpu);
  const { adapterClass } = engine.device;
  engine.dispose();
  return adapterClass === "gpu" ? "streaming" : "stored";
}

/** The cost model of BADGER's attentions: memory and operations as published, time and memory measured here. */
export const badgerCosts: CostTable = {
  name: "badger-costs",
  title:
    "BADGER: additive and gene self attention, materialised against fused, counted at batch 32 and width 128",
  async lines(gpu, quick) {
    const swept = {
      materialised: "naive",
      genes: quick ? [64, 130] : [128, 256, 512, 978],
      batches: quick ? [2] : [1, 4],
    };
    const form = await productForm(gpu);
    const model = (what: string, values: number) =>
      `cost model: ${what} ${(4e-6 * values).toPrecision(3)} MB`;
    return [
      ...await countedLines(gpu),
      ...await measuredLines(gpu, {
        ...swept,
        kernel: additiveAttentionCase,
        fused: "fused",
        what: "additive with 141 keys, materialised over fused",
        costModel: ({ genes, keys, depth, heads, batch }) =>
          model("tanh tensor", batch * heads * genes * keys * depth),
      }),
      ...await measuredLines(gpu, {
        ...swept,
        kernel: geneAttentionCase,
        fused: form,
        what: `gene self attention, naive over ${form}`,
        costModel: ({ genes, heads, batch }) => model("weights", batch * heads * genes ** 2),
      }),
    ];
  },
};
