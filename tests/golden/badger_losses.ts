/**
 * Golden checks of losses, optimiser and graph convolution in the badger dialect. Sizes come from the manifests, so
 * another set of the same format passes unchanged.
 */
import { geneCounts } from "../../datasets/badger/gene_counts.ts";
import {
  type Engine,
  LossRing,
  Parameters,
  recordOptimizer,
  type Step,
  type Tensor,
} from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { degreeLinear } from "../../models/ops/degree_linear.ts";
import { linear } from "../../engine/ops/linear.ts";
import { absoluteErrorLoss } from "../../models/ops/losses/absolute_error_loss.ts";
import { batchItemWeights, extremeLabels, trainItemWeights } from "../../models/ops/losses/item_weights.ts";
import { labelOrder } from "../../models/ops/losses/label_order.ts";
import { type LossName, lossNames, lossNeeds, mainLoss } from "../../models/ops/losses/main_loss.ts";
import { pathwayLoss } from "../../models/ops/losses/pathway_loss.ts";
import { spreadoutLoss } from "../../models/ops/losses/spreadout_loss.ts";
import type { BadgerGolden } from "./badger_file.ts";
import { checkBaselineLayers } from "./badger_layers.ts";
import type { GoldenCheck } from "./compare.ts";

/** Checks by file name, without ending. */
export const badgerLossChecks: Readonly<
  Record<string, (engine: Engine, golden: BadgerGolden) => Promise<GoldenCheck[]>>
> = {
  ops_losses: checkLosses,
  ops_adam: checkAdam,
  ops_baselines: async (engine, golden) => [
    ...await checkGraphConvolutions(engine, golden),
    ...await checkBaselineLayers(engine, golden),
  ],
};

/** Records a loss and its gradient, runs them, and compares both. */
async function checkLoss(
  engine: Engine,
  golden: BadgerGolden,
  name: string,
  prediction: Tensor,
  build: (step: Step) => Tensor,
): Promise<GoldenCheck[]> {
  const { plan, result } = await engine.record(name, (step) => {
    const loss = step.keep(build(step));
    step.backward(loss, engine.one);
    return { loss, gradient: step.keep(step.gradient(prediction)!) };
  });
  plan.replay(new Map(), engine.still);
  const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
  return [
    golden.compare(`${name}/value`, await read(result.loss)),
    golden.compare(`${name}/grad`, await read(result.gradient)),
  ];
}

async function checkLosses(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const tensor = (key: string, wants = false) =>
    engine.constant(golden.shape(key), golden.values(key), key, wants);
  const whole = (values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>, label: string) =>
    engine.constant([values.length], values, label);
  const [rows, width] = golden.shape("in/pred");
  const [prediction, target] = [tensor("in/pred", true), tensor("in/true")];
  const labels = golden.values("in/true");
  const order = whole(releasedOrder(golden, width), "order");
  const trained = {
    top: golden.values("in/train_top_count"),
    bottom: golden.values("in/train_bottom_count"),
    rows: golden.values("in/train_N")[0],
  };
  const everyRow = Uint32Array.from({ length: rows }, (_, row) => row);
  const batch = batchItemWeights(geneCounts(labels, width, everyRow, extremeLabels.batch));
  const checks: GoldenCheck[] = [];
  const apart = ["pathway_nll", "spreadout", "attention_l1"];
  for (const name of golden.names().filter((key) => key.endsWith("/value")).map((key) => key.slice(0, -6))) {
    if (apart.includes(name)) continue;
    if (!isLossName(name)) throw new Error(`${golden.name}: no loss is called "${name}".`);
    const { weights } = lossNeeds(name);
    const values = weights === "batch" ? batch : weights && trainItemWeights(weights, trained);
    const inputs = { prediction, target, order, ...(values ? { weights: whole(values, "weights") } : {}) };
    checks.push(...await checkLoss(engine, golden, name, prediction, (step) => mainLoss(step, name, inputs)));
  }
  const scores = tensor("pathway_nll/in/pred", true);
  const pathwayLabels = whole(Uint32Array.from(golden.integers("pathway_nll/in/true")), "pathway labels");
  const mask = tensor("pathway_nll/in/mask");
  const embeddings = tensor("spreadout/in/embeddings", true);
  const [map, wanted] = [tensor("attention_l1/in/pred", true), tensor("attention_l1/in/true")];
  checks.push(
    ...await checkLoss(
      engine,
      golden,
      "pathway_nll",
      scores,
      (step) => pathwayLoss(step, { scores, labels: pathwayLabels, mask }, { weight: 1 }),
    ),
    ...await checkLoss(
      engine,
      golden,
      "spreadout",
      embeddings,
      (step) => spreadoutLoss(step, { embeddings }),
    ),
    ...await checkLoss(
      engine,
      golden,
      "attention_l1",
      map,
      (step) => absoluteErrorLoss(step, { prediction: map, target: wanted }),
    ),
  );
  return checks;
}

function isLossName(name: string): name is LossName {
  return (lossNames as readonly string[]).includes(name);
}

/**
 * The labels' order behind the golden of ListMLE. The released code breaks ties of labels in an order of its own, which
 * the file does not hold: of all orders of tied ones, that whose gradients are nearest to the stored ones. Gradients
 * depend on the ranks up to their own only, so ties are settled one after the other, from the top.
 */
function releasedOrder(golden: BadgerGolden, width: number): Uint32Array<ArrayBuffer> {
  const labels = golden.values("in/true");
  const order = labelOrder(labels, width);
  if (!golden.has("list_wise_listmle/grad")) return order;
  const [predictions, expected] = [golden.values("in/pred"), golden.values("list_wise_listmle/grad")];
  const rows = labels.length / width;
  for (let start = 0; start < order.length; start += width) {
    const ranked = order.subarray(start, start + width);
    const prediction = predictions.subarray(start, start + width);
    for (let from = 0, end; from < width; from = end) {
      end = from + 1;
      while (end < width && labels[start + ranked[end]] === labels[start + ranked[from]]) end++;
      const tied = [...ranked.subarray(from, end)];
      if (tied.length === 1 || tied.length > 6) continue;
      const distance = (arrangement: readonly number[]) => {
        ranked.set(arrangement, from);
        const gradient = listmleGradient(prediction, ranked);
        return tied.reduce((sum, i) => sum + Math.abs(gradient[i] / rows - expected[start + i]), 0);
      };
      const tried = permutations(tied).map((arrangement) => ({ arrangement, far: distance(arrangement) }));
      ranked.set(tried.reduce((best, one) => one.far < best.far ? one : best).arrangement, from);
    }
  }
  return order;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

/** One row's gradient in float64, before the mean over rows. */
function listmleGradient(prediction: Float32Array, order: Uint32Array): Float64Array {
  const tails = new Float64Array(order.length);
  let tail = 0, head = 0;
  for (let k = order.length - 1; k >= 0; k--) tails[k] = tail += Math.exp(prediction[order[k]]);
  const gradient = new Float64Array(order.length);
  order.forEach((i, k) => gradient[i] = Math.exp(prediction[i]) * (head += 1 / tails[k]) - 1);
  return gradient;
}

/** Feeds prescribed gradients to the clipped optimiser: a product with them has just these gradients. */
async function checkAdam(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const start = golden.values("in/param");
  const half = start.length / 2; // the parameter is split in two tensors of equal length, as the manifest says
  const keys = ["first", "second"];
  const parameters = new Parameters(
    engine.device,
    keys.map((key) => ({ key, shape: [1, half], kind: "parameter", trainable: true })),
  );
  const ring = new LossRing(engine.device);
  try {
    const part = (values: Float32Array<ArrayBuffer>, k: number) => values.slice(k * half, (k + 1) * half);
    keys.forEach((key, k) => parameters.write(key, part(start, k)));
    const { plan, result } = await engine.record(golden.name, (step) => {
      const inputs = keys.map((key) => step.input([1, half], `gradient of ${key}`));
      const [a, b] = inputs.map((x, k) => linear(step, { x, weight: parameters.get(keys[k]) }, {}));
      const loss = add(step, { a, b });
      step.backward(loss, engine.one);
      recordOptimizer(step, parameters, loss, ring, { kind: "adam", clipNorm: 5 });
      return inputs;
    });
    const checks: GoldenCheck[] = [];
    const steps = golden.names("in/grad_step").length;
    for (let step = 0; step < steps; step++) {
      const gradient = golden.values(`in/grad_step${step + 1}`);
      plan.replay(new Map(result.map((input, k) => [input, part(gradient, k)])), {
        step,
        seed: 0,
        learningRate: 1e-3,
      });
      const values = await parameters.values();
      const found = keys.flatMap((key) => [...values.get(key)!]);
      checks.push(golden.compare(`out/param_after_step${step + 1}`, found));
    }
    const norms = (await ring.read(steps)).map(({ norm }) => norm);
    checks.push(golden.compare("out/grad_norm_before_clip", norms));
    return checks;
  } finally {
    parameters.dispose();
    ring.dispose();
  }
}

/** The graph convolutions of the file: degree-typed product, batch norm in training mode, ReLU. */
async function checkGraphConvolutions(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const name of golden.cases.filter((name) => golden.has(`${name}/in/neighbour_ptr`))) {
    checks.push(...await checkGraphConvolution(engine, golden, name));
  }
  return checks;
}

async function checkGraphConvolution(
  engine: Engine,
  golden: BadgerGolden,
  name: string,
): Promise<GoldenCheck[]> {
  const inputs = golden.names(`${name}/`).filter((key) =>
    key.startsWith("param/") || /^in\/(atoms|bonds)$/.test(key)
  );
  const tensors = new Map(inputs.map((key) => {
    const full = `${name}/${key}`;
    return [key, engine.constant(golden.shape(full), golden.values(full), key, true)];
  }));
  const index = (values: ArrayLike<number>, label: string) =>
    engine.constant([values.length], Uint32Array.from(values), label);
  const [starts, neighbours, neighbourBonds] = ["ptr", "atom", "bond"].map((part) =>
    golden.integers(`${name}/in/neighbour_${part}`)
  );
  const bondAtoms = bothAtoms(starts, neighbourBonds, golden.shape(`${name}/in/bonds`)[0]);
  const get = (key: string) => tensors.get(key)!;
  const weight = (degree: number) => get(`param/degree_layer_list.${degree}.weight`);
  const out = get("param/linear.weight").shape[0];
  const { plan, result } = await engine.record(name, (step) => {
    const y = degreeLinear(step, {
      x: get("in/atoms"),
      bonds: get("in/bonds"),
      starts: index(starts, "starts"),
      neighbours: index(neighbours, "neighbours"),
      neighbourBonds: index(neighbourBonds, "bonds to neighbours"),
      bondAtoms: index(bondAtoms, "atoms of bonds"),
      selfWeight: get("param/linear.weight"),
      bias: get("param/bias"),
      degree0: weight(0),
      degree1: weight(1),
      degree2: weight(2),
      degree3: weight(3),
      degree4: weight(4),
      degree5: weight(5),
    });
    const output = step.keep(batchNorm(step, {
      x: y,
      count: index([y.shape[0]], "atoms"),
      runningMean: engine.constant([out], new Float32Array(out), "running mean"),
      runningVariance: engine.constant([out], new Float32Array(out).fill(1), "running variance"),
    }, { train: true, relu: true }));
    step.backward(output, engine.constant(output.shape, golden.values(`${name}/cot/output`), "cotangent"));
    const gradients = [...tensors].map(([key, tensor]) => [key, step.keep(step.gradient(tensor)!)] as const);
    return { output, gradients };
  });
  plan.replay(new Map(), engine.still);
  const checks = [golden.compare(`${name}/out/output`, new Float32Array(await plan.read(result.output)))];
  for (const [key, gradient] of result.gradients) {
    checks.push(golden.compare(`${name}/grad/${key}`, new Float32Array(await plan.read(gradient))));
  }
  return checks;
}

/** Both atoms of every bond, from the lists of the atoms. */
function bothAtoms(starts: Int32Array, neighbourBonds: Int32Array, bonds: number): number[] {
  const atoms: number[][] = Array.from({ length: bonds }, () => []);
  for (let atom = 0; atom + 1 < starts.length; atom++) {
    for (let k = starts[atom]; k < starts[atom + 1]; k++) atoms[neighbourBonds[k]].push(atom);
  }
  return atoms.flat();
}
