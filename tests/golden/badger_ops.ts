/**
 * Golden checks of set normalisation and of attention in the badger dialect. Sizes come from the manifests, so another set
 * of the same format passes unchanged.
 */
import type { Engine, Step, Tensor } from "../../engine/mod.ts";
import { additiveAttention } from "../../models/ops/additive_attention.ts";
import { additiveSizes, recordAdditiveScores } from "../../models/ops/additive_weights.ts";
import { wholeBatch } from "../../engine/ops/attention_weights.ts";
import { cropWeights } from "../../models/ops/crop_weights.ts";
import { decideDotAttention, dotAttention } from "../../engine/ops/dot_attention.ts";
import { recordSliceScores } from "../../engine/ops/dot_attention_stored.ts";
import { dotAttentionWithWeights } from "../../models/ops/dot_weights.ts";
import { headLinear } from "../../models/ops/head_linear.ts";
import { linear } from "../../engine/ops/linear.ts";
import { setNorm } from "../../models/ops/set_norm.ts";
import { type RunInput, runOperation } from "../support/run_operation.ts";
import type { BadgerGolden } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";

/** Checks by file name, without ending. */
export const badgerOperationChecks: Readonly<
  Record<string, (engine: Engine, golden: BadgerGolden) => Promise<GoldenCheck[]>>
> = {
  ops_setnorm: checkSetNorm,
  ops_attention: checkAttention,
  ops_baselines: checkMaskedAttention,
};

type Tensors = Record<string, Tensor>;

/** Parameters and inputs of one case; sets are flattened to rows, masks are data. */
function inputsOf(golden: BadgerGolden, prefix: string): Record<string, RunInput> {
  const names = golden.names(prefix).filter((name) => /^(in|param)\//.test(name));
  return Object.fromEntries(names.map((name) => {
    const shape = golden.shape(prefix + name);
    const rows = name.startsWith("in/") && shape.length === 3;
    return [name, {
      shape: rows ? [shape[0] * shape[1], shape[2]] : shape,
      values: golden.values(prefix + name),
      constant: name.endsWith("mask"),
    }];
  }));
}

/** Runs a case and compares the named outputs and every gradient that the golden holds. */
async function checkCase(
  engine: Engine,
  golden: BadgerGolden,
  name: string,
  outputs: readonly string[],
  build: (step: Step, tensors: Tensors) => Tensor | readonly Tensor[],
): Promise<GoldenCheck[]> {
  const prefix = `${name}/`;
  const upstream = outputs.map((output) => golden.values(`${prefix}cot/${output}`));
  const run = await runOperation(engine, inputsOf(golden, prefix), build, upstream);
  const wanted = golden.names(`${prefix}grad/`);
  return [
    ...outputs.map((output, k) => golden.compare(`${prefix}out/${output}`, run.outputs[k])),
    ...wanted.map((key) => golden.compare(`${prefix}grad/${key}`, run.gradients[key] ?? new Float32Array())),
  ];
}

async function checkSetNorm(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const name of golden.cases) {
    const [samples] = golden.shape(`${name}/in/X`);
    checks.push(
      ...await checkCase(engine, golden, name, ["output"], (step, t) =>
        setNorm(step, {
          x: t["in/X"],
          scale: t["param/weights_gamma"],
          shift: t["param/bias_beta"],
          mask: t["in/mask"],
        }, { samples, kind: "variance" })),
    );
  }
  return checks;
}

const layerOf = (step: Step, t: Tensors) => (name: string, x: Tensor) =>
  linear(step, { x, weight: t[`param/${name}.weight`], bias: t[`param/${name}.bias`] }, {});

/** Queries, keys and values of a case; what is projected once is one tensor. */
function projections(step: Step, t: Tensors): Record<"q" | "k" | "v", Tensor> {
  const layer = layerOf(step, t);
  const [x, y] = [t["in/X"], t["in/Y"] ?? t["in/X"]];
  if (t["param/project_shared.weight"]) {
    const q = layer("project_shared", x);
    const k = y === x ? q : layer("project_shared", y);
    return { q, k, v: k };
  }
  return {
    q: layer("project_queries", x),
    k: layer("project_keys", y),
    v: layer("project_values", y),
  };
}

function scoreParameters(t: Tensors) {
  const similarity = (name: string) => t[`param/attention.similarity.${name}`];
  return { bias: similarity("b"), vector: similarity("W.1.weight"), offset: similarity("W.1.bias") };
}

async function checkAttention(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const heads = Number(golden.manifest.heads);
  const checks: GoldenCheck[] = [];
  for (const name of golden.cases) {
    const [samples] = golden.shape(`${name}/in/X`);
    const layout = { samples, heads };
    const additive = golden.has(`${name}/param/attention.similarity.U`);
    const masks = (t: Tensors) => ({ keyMask: t["in/key_mask"], queryMask: t["in/query_mask"] });
    checks.push(
      ...await checkCase(engine, golden, name, ["output", "attn"], (step, t) => {
        const projected = { ...projections(step, t), ...masks(t) };
        const attended = additive
          ? additiveAttention(step, {
            ...projected,
            ...scoreParameters(t),
            queryWeight: t["param/attention.similarity.U"],
            keyWeight: t["param/attention.similarity.T"],
          }, layout)
          : dotAttentionWithWeights(step, projected, layout);
        return [layerOf(step, t)("concatenation", attended.values), attended.weights()];
      }),
      await checkScores(engine, golden, name, additive, layout),
    );
    if (!additive) checks.push(await checkFusedOutput(engine, golden, name, layout));
  }
  return checks;
}

/** Scores before clipping. */
async function checkScores(
  engine: Engine,
  golden: BadgerGolden,
  name: string,
  additive: boolean,
  layout: { samples: number; heads: number },
): Promise<GoldenCheck> {
  const key = `${name}/out/score`;
  const { outputs } = await runOperation(engine, inputsOf(golden, `${name}/`), (step, t) => {
    const { q, k } = projections(step, t);
    if (additive) {
      const projected = {
        q: headLinear(step, { x: q, weight: t["param/attention.similarity.U"] }),
        k: headLinear(step, { x: k, weight: t["param/attention.similarity.T"] }),
        ...scoreParameters(t),
      };
      const { sizes } = additiveSizes(step, projected, layout);
      const { scores } = recordAdditiveScores(step, projected, sizes, "auto");
      return cropWeights(step, { weights: scores }, { keys: sizes.keys });
    }
    const attention = decideDotAttention({ q, k, v: k }, layout);
    const scores = recordSliceScores(step, { q, k }, attention, wholeBatch(attention.sizes));
    return cropWeights(step, { weights: scores }, { keys: attention.sizes.keys });
  }, [new Float32Array(golden.values(key).length)]);
  return golden.compare(key, outputs[0]);
}

/** `dotAttention` itself, which stores no weights of the whole batch and so has no gradient for them: its output. */
async function checkFusedOutput(
  engine: Engine,
  golden: BadgerGolden,
  name: string,
  layout: { samples: number; heads: number },
): Promise<GoldenCheck> {
  const key = `${name}/out/output`;
  const { outputs } = await runOperation(engine, inputsOf(golden, `${name}/`), (step, t) => {
    const masks = { keyMask: t["in/key_mask"], queryMask: t["in/query_mask"] };
    const attended = dotAttention(step, { ...projections(step, t), ...masks }, layout);
    return layerOf(step, t)("concatenation", attended);
  }, [golden.values(`${name}/cot/output`)]);
  return { ...golden.compare(key, outputs[0]), name: `${key} (fused)` };
}

/** The attention of DeepCE and CIGER: four projections, masked keys at -1e10. The file's other cases are layers of models. */
async function checkMaskedAttention(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const heads = Number(golden.manifest.heads);
  const checks: GoldenCheck[] = [];
  for (const name of golden.cases.filter((name) => name.startsWith("attention"))) {
    const [samples] = golden.shape(`${name}/in/X`);
    checks.push(
      ...await checkCase(engine, golden, name, ["output"], (step, t) => {
        const layer = layerOf(step, t);
        const keyMask = t["in/key_mask"];
        const attended = dotAttention(step, {
          q: layer("fc_q", t["in/X"]),
          k: layer("fc_k", t["in/Y"]),
          v: layer("fc_v", t["in/Y"]),
          keyMask,
        }, { samples, heads, normalisation: keyMask ? "masked" : "softmax" });
        return layer("fc_o", attended);
      }),
    );
  }
  return checks;
}
