/**
 * Golden checks of the attention layers of DeepCE and CIGER (badger.md 5.3, 5.4) in the badger dialect, built from the
 * engine's operations apart from the models. Sizes come from the manifest.
 */
import type { Engine, Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { dotAttention } from "../../engine/ops/dot_attention.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { runOperation } from "../support/run_operation.ts";
import type { BadgerGolden } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";

type Layer = (name: string, x: Tensor, activation?: "relu") => Tensor;

/** Checks the layers of `ops_baselines`: those with one layer norm that is used twice. */
export async function checkBaselineLayers(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const name of golden.cases.filter((name) => golden.has(`${name}/param/layer_norm.weight`))) {
    checks.push(...await checkLayer(engine, golden, name));
  }
  return checks;
}

async function checkLayer(engine: Engine, golden: BadgerGolden, name: string): Promise<GoldenCheck[]> {
  const keys = golden.names(`${name}/`).filter((key) => /^(in|param)\//.test(key));
  const inputs = Object.fromEntries(keys.map((key) => {
    const shape = golden.shape(`${name}/${key}`);
    const rows = key.startsWith("in/") && shape.length === 3 ? [shape[0] * shape[1], shape[2]] : shape;
    return [key, { shape: rows, values: golden.values(`${name}/${key}`), constant: key.endsWith("mask") }];
  }));
  const [samples] = golden.shape(`${name}/in/X`);
  const drugs = golden.has(`${name}/in/Y`);
  // CIGER's layer has one head, DeepCE's those of the manifest.
  const heads = drugs ? Number(golden.manifest.heads) : 1;
  const { outputs, gradients } = await runOperation(
    engine,
    inputs,
    (step, t) => (drugs ? drugGeneLayer : geneLayer)(step, t, samples, heads),
    [golden.values(`${name}/cot/output`)],
  );
  return [
    golden.compare(`${name}/out/output`, outputs[0]),
    ...golden.names(`${name}/grad/`).map((key) =>
      golden.compare(`${name}/grad/${key}`, gradients[key] ?? [])
    ),
  ];
}

function layerOf(step: Step, t: Record<string, Tensor>): Layer {
  return (name, x, activation) =>
    linear(step, { x, weight: t[`param/${name}.weight`], bias: t[`param/${name}.bias`] }, { activation });
}

/** DeepCE: genes attend to the drug's atoms and to themselves, both on the incoming rows. */
function drugGeneLayer(step: Step, t: Record<string, Tensor>, samples: number, heads: number): Tensor {
  const layer = layerOf(step, t);
  const [x, atoms, keyMask] = [t["in/X"], t["in/Y"], t["in/key_mask"]];
  const attend = (name: string, y: Tensor, mask?: Tensor) =>
    layer(
      `${name}.fc_o`,
      dotAttention(step, {
        q: layer(`${name}.fc_q`, x),
        k: layer(`${name}.fc_k`, y),
        v: layer(`${name}.fc_v`, y),
        keyMask: mask,
      }, { samples, heads, normalisation: mask ? "masked" : "softmax" }),
    );
  const joined = concatColumns(step, [
    attend("encoder_attention", atoms, keyMask),
    attend("self_attention", x),
  ]);
  return feedForward(step, t, x, layer("fc", joined, "relu"));
}

/** CIGER: genes attend to themselves. */
function geneLayer(step: Step, t: Record<string, Tensor>, samples: number, heads: number): Tensor {
  const layer = layerOf(step, t);
  const x = t["in/X"];
  const [q, k, v] = ["q", "k", "v"].map((role) => layer(`self_attention.fc_${role}`, x));
  const attended = dotAttention(step, { q, k, v }, { samples, heads, normalisation: "softmax" });
  return feedForward(step, t, x, layer("self_attention.fc_o", attended));
}

/** Both layers end alike: one layer norm after either residual. */
function feedForward(step: Step, t: Record<string, Tensor>, x: Tensor, update: Tensor): Tensor {
  const layer = layerOf(step, t);
  const norm = (a: Tensor, b: Tensor) =>
    layerNorm(step, {
      x: add(step, { a, b }),
      scale: t["param/layer_norm.weight"],
      shift: t["param/layer_norm.bias"],
    }, { kind: "torch" });
  const hidden = norm(x, update);
  const wide = layer("positionwise_feedforward.fc_1", hidden, "relu");
  return norm(hidden, layer("positionwise_feedforward.fc_2", wide));
}
