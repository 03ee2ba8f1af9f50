/** Golden checks of the attention block in its places and arrangements (`ops_mab`). */
import type { Engine, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { linear } from "../../engine/ops/linear.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { attentionBlock, type BlockOptions } from "../../models/badger/attention_block.ts";
import type { BadgerGolden } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";

/** What a case's name and parameters tell of its options. */
function optionsOf(golden: BadgerGolden, name: string): BlockOptions {
  const parameters = golden.names(`${name}/param/mab.`);
  return {
    heads: Number(golden.manifest.heads),
    kind: parameters.some((key) => key.includes("similarity.U")) ? "additive" : "scaledDot",
    cleanPath: !name.startsWith("option_postnorm"),
    norm: parameters.some((key) => key.endsWith("weights_gamma")) ? "set" : "layer",
    setNorm: "variance",
    sameLinear: parameters.some((key) => key.includes("project_shared")),
  };
}

/** Checks every case of a file `ops_mab`: output, weights and all gradients. */
export async function checkBadgerBlocks(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const name of golden.cases) {
    const options = optionsOf(golden, name);
    const key = (rest: string) => `${name}/${rest}`;
    const parameters = new Map<string, Tensor>();
    for (const parameter of golden.names(key("param/mab."))) {
      const full = key(`param/mab.${parameter}`);
      parameters.set(parameter, engine.constant(golden.shape(full), golden.values(full), parameter, true));
    }
    const [samples] = golden.shape(key("in/X"));
    const rows = (which: string, wants: boolean) => {
      const [, items, width] = golden.shape(key(which));
      return engine.constant([samples * items, width], golden.values(key(which)), which, wants);
    };
    const x = rows("in/X", true);
    const y = golden.has(key("in/Y")) ? rows("in/Y", true) : undefined;
    const mask = key("in/key_mask");
    const keyMask = !golden.has(mask) ? undefined : engine.constant(
      golden.shape(mask),
      golden.manifest.tensors[mask].dtype === "I32"
        ? Float32Array.from(golden.integers(mask))
        : golden.values(mask),
      "key mask",
    );
    const { plan, result } = await engine.record(`${golden.name} ${name}`, (step) => {
      let weights: Tensor | undefined;
      const output = attentionBlock(step, (of) => parameters.get(of)!, { x, y, keyMask, samples }, {
        ...options,
        onWeights: (tensor) => weights = tensor,
      });
      step.keep(output);
      step.keep(weights!);
      // The scalar differentiated is the sum over both outputs of cotangent times output (goldens/badger/README.md).
      const inner = (tensor: Tensor, cotangent: string) => {
        const weight = engine.constant([1, tensor.size], golden.values(key(cotangent)), cotangent);
        return linear(step, { x: reshape(step, { x: tensor }, { shape: [1, tensor.size] }), weight }, {});
      };
      const total = add(step, { a: inner(output, "cot/output"), b: inner(weights!, "cot/attn") });
      step.backward(total, engine.one);
      const gradients = new Map<string, Tensor>([["in/X", step.gradient(x)!]]);
      if (y) gradients.set("in/Y", step.gradient(y)!);
      for (const [parameter, tensor] of parameters) {
        const gradient = step.gradient(tensor);
        if (gradient) gradients.set(`param/mab.${parameter}`, gradient);
      }
      for (const gradient of gradients.values()) step.keep(gradient);
      return { output, weights: weights!, gradients };
    });
    plan.replay(new Map(), engine.still);
    const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
    checks.push(golden.compare(key("out/output"), await read(result.output)));
    checks.push(golden.compare(key("out/attn"), await read(result.weights)));
    for (const [of, tensor] of result.gradients) {
      checks.push(golden.compare(key(`grad/${of}`), await read(tensor)));
    }
  }
  return checks;
}
