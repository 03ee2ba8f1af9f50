import assert from "node:assert/strict";
import type { ParameterSpec } from "../../engine/mod.ts";
import { releasedBadger } from "../../models/badger/config.ts";
import { initialBadgerValues } from "../../models/badger/initialise.ts";
import { badgerSpecs } from "../../models/badger/parameter_specs.ts";
import { initialValues } from "../../models/csg2a/initialise.ts";
import { finetuningSpecs, pretrainingSpecs } from "../../models/csg2a/parameter_specs.ts";
import { type Csg2aConfig, releasedHeadWidths } from "../../models/csg2a/sizes.ts";

const config: Csg2aConfig = {
  genes: 211,
  headWidths: releasedHeadWidths,
  variant: "rowsum",
  hiddenWidth: 64,
  mat: { width: 64, layers: 3, heads: 4 },
  dropout: 0.1,
  cceDropout: 0.1,
  plainLinear: false,
  headInput: "raw",
  frozen: true,
  frozenMode: "train",
};

function moments(values: Float32Array): { mean: number; deviation: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { mean, deviation: Math.sqrt(squares / values.length), largest };
}

/** Uniform in +-bound: nothing beyond, most of the range used, the deviation of the distribution. */
function assertUniform(values: Float32Array, bound: number, label: string): void {
  const { mean, deviation, largest } = moments(values);
  const error = 5 * bound / Math.sqrt(values.length);
  assert(largest <= bound, `${label}: ${largest} beyond ${bound}`);
  assert(Math.abs(mean) < error, `${label}: mean ${mean}`);
  assert(
    Math.abs(deviation - bound / Math.sqrt(3)) < error,
    `${label}: deviation ${deviation}, bound ${bound}`,
  );
}

function assertNormal(values: Float32Array, expected: number, label: string): void {
  const { mean, deviation } = moments(values);
  const error = 5 * expected / Math.sqrt(values.length);
  assert(Math.abs(mean) < error && Math.abs(deviation - expected) < error, `${label}: ${mean}, ${deviation}`);
}

Deno.test("CSG2A starts as released: normal gene weights, PyTorch's linears, Xavier matrices in MAT, biases shared by its copies", () => {
  const specs = pretrainingSpecs(config);
  const start = (key: string, seed = 3) =>
    initialValues(specs.find((spec) => spec.key === key)!, specs, seed);
  assertNormal(start("w_gex"), 1, "w_gex");
  assertNormal(start("w_comp"), 1, "w_comp");
  assertUniform(start("CCE.comp_proj.0.weight"), 1 / Math.sqrt(68), "comp_proj");
  assertUniform(start("feed_forward.3.weight"), 1 / Math.sqrt(211), "feed_forward");
  const attention = (layer: number, i: number, part: string) =>
    `CCE.MAT.encoder.layers.${layer}.self_attn.linears.${i}.${part}`;
  assertUniform(start(attention(1, 2, "weight")), Math.sqrt(6 / 128), "MAT attention");
  assertUniform(start("CCE.MAT.src_embed.lut.weight"), Math.sqrt(6 / (64 + 28)), "MAT embedding");
  assert.notDeepEqual(start(attention(0, 0, "weight")), start(attention(1, 0, "weight")));
  assert.deepEqual(start(attention(0, 0, "bias")), start(attention(2, 3, "bias")), "copies share their bias");
  assert(moments(start(attention(0, 0, "bias"))).largest <= 1 / 8);
  assert(start("feed_forward.0.weight").every((value) => value === 1));
  assert(start("feed_forward.0.bias").every((value) => value === 0));
  assert(start("CCE.comp_proj.1.running_var").every((value) => value === 1));
  assert(start("CCE.MAT.encoder.norm.a_2").every((value) => value === 1));
  assert.notDeepEqual(start("w_gex", 3), start("w_gex", 4));
  assert.deepEqual(start("w_gex", 3), start("w_gex", 3));
});

Deno.test("the scaling layer of fine-tuning starts with a positive scale", () => {
  const specs = finetuningSpecs(config);
  const [scalar, bias] = ["scalar", "bias"].map((key) => specs.find((spec) => spec.key === key)!);
  const draws = Array.from(
    { length: 400 },
    (_, seed) => [initialValues(scalar, specs, seed)[0], initialValues(bias, specs, seed)[0]],
  );
  assert(draws.every(([scale]) => scale > 0));
  assertNormal(Float32Array.from(draws, ([, shift]) => shift), 1, "bias");
});

Deno.test("BADGER starts as released: Xavier-normal blocks with bias 0.01, orthogonal score matrices, tables from files", () => {
  const model = { ...releasedBadger, genes: 31, pathways: 20, cellWidth: 114, geneWidth: 50 };
  const specs = badgerSpecs(model);
  const genes = Float32Array.from({ length: 31 * 50 }, (_, i) => i);
  const start = (key: string): Float32Array => {
    const spec = specs.find((one: ParameterSpec) => one.key === key);
    assert(spec, key);
    return initialBadgerValues(spec, specs, { genes }, 5);
  };
  const block = "sign_mab.pmx.mab";
  assertNormal(start(`${block}.multihead.project_shared.weight`), Math.sqrt(2 / 256), "projection");
  assert(start(`${block}.multihead.project_shared.bias`).every((value) => value === Math.fround(0.01)));
  assertUniform(start("comp_encoder.encoder.0.weight"), 1 / 32, "fragment encoder");
  assertUniform(start(`${block}.multihead.attention.similarity.b`), 0.1, "score bias");
  assert.deepEqual(start("sign_mab.gene_emb"), genes);
  assert(start(`${block}.norm1.weights_gamma`).every((value) => value === 1));
  for (
    const [key, rows, columns] of [[`${block}.multihead.attention.similarity.U`, 64, 64], [
      "path_mab.pathways",
      20,
      128,
    ]] as const
  ) {
    const values = start(key);
    for (let a = 0; a < rows; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let c = 0; c < columns; c++) product += values[a * columns + c] * values[b * columns + c];
        assert(Math.abs(product - (a === b ? 1 : 0)) < 1e-5, `${key}: rows ${a} and ${b} give ${product}`);
      }
    }
  }
});
