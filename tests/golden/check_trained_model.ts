/** What a golden of a baseline of BADGER is checked for, whatever the model. */
import {
  type Engine,
  LossRing,
  Parameters,
  type ParameterSpec,
  recordOptimizer,
  type Step,
  type Tensor,
} from "../../engine/mod.ts";
import { type LossName, mainLoss } from "../../models/ops/losses/main_loss.ts";
import type { Lookup } from "../../models/lookup.ts";
import { type BadgerGolden, type BadgerParameter, badgerParameter, within } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";

/** A module's output, and how its values lie in the golden where that differs. */
export interface GoldenModule {
  readonly tensor: Tensor;
  readonly view?: (values: Float32Array) => ArrayLike<number>;
}

/** A model in wait of a golden's parameters. */
export interface GoldenModel {
  readonly specs: readonly ParameterSpec[];
  readonly loss: LossName;
  /** Records the network; modules by their PyTorch names, those that the golden knows are compared. */
  network(
    step: Step,
    p: Lookup,
    train: boolean,
  ): { readonly prediction: Tensor; readonly modules: ReadonlyMap<string, GoldenModule> };
}

interface Adam {
  readonly lr: number;
  readonly clip_norm: number;
  readonly weight_decay: number;
  readonly steps: number;
}

const prefix = "module.";

/** Parameters as the manifest lists them: a list, or a table by key. */
function listed({ manifest }: BadgerGolden): BadgerParameter[] {
  return Object.entries(manifest.parameters ?? {}).map(([key, entry]) => ({
    ...entry,
    key: entry.key ?? key,
  }));
}

/** Keys, order and shapes against the manifest, and its formula against the stored values. */
function checkStateDict(golden: BadgerGolden, specs: readonly ParameterSpec[]): GoldenCheck[] {
  const parameters = listed(golden);
  const wanted = parameters.map(({ key, shape }) => `${key} [${shape}]`);
  const found = specs.filter(({ kind }) => kind === "parameter").map(({ key, shape }) =>
    `${prefix}${key} [${shape}]`
  );
  const at = wanted.findIndex((line, k) => line !== found[k]);
  const passed = at < 0 && wanted.length === found.length;
  const detail = `entry ${at}: ${found[at]}, expected ${wanted[at]}; ${found.length} of ${wanted.length}`;
  const formula = parameters.filter(({ key }) => golden.has(`param/${key}`)).map((parameter) =>
    within(
      `formula ${parameter.key}`,
      badgerParameter(parameter),
      golden.values(`param/${parameter.key}`),
      0,
    )
  );
  const keys = { name: "state_dict", worst: passed ? 0 : 1, tolerance: 0, passed };
  return [{ ...keys, ...(passed ? {} : { detail }) }, ...formula];
}

/**
 * Parameters after some steps of Adam (badger.md section 7): entries whose gradient exceeds 1e-5 of the tensor's largest within
 * 5 % of what the steps can move; tensors without gradient exactly as they were; those that only rounding moves not at all.
 */
export function compareAfter(
  golden: BadgerGolden,
  key: string,
  found: Float32Array,
  { lr, steps }: { readonly lr: number; readonly steps: number },
): GoldenCheck[] {
  const { rounding_only_gradient: rounding, zero_gradient: zero = [], no_gradient: none = [] } =
    golden.manifest;
  if (rounding?.includes(key)) return [];
  if (zero.includes(key) || none.includes(key)) {
    return [within(`after/${key}`, found, golden.values(`param/${key}`), 0)];
  }
  if (!golden.has(`after/${key}`) || !golden.has(`grad/${key}`)) return [];
  const gradient = golden.values(`grad/${key}`);
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const driven = [...gradient.keys()].filter((i) => Math.abs(gradient[i]) > 1e-5 * largest);
  const expected = golden.values(`after/${key}`);
  const pick = (values: Float32Array) => driven.map((i) => values[i]);
  return [within(`after/${key}`, pick(found), pick(expected), 0.05 * lr * steps)];
}

/** Checks a model file: one batch, `adam.steps` steps on it, and an evaluation where the file has one. */
export async function checkTrainedModel(
  engine: Engine,
  golden: BadgerGolden,
  model: GoldenModel,
): Promise<GoldenCheck[]> {
  const { specs } = model;
  const adam = golden.manifest.adam as Adam;
  const checks = checkStateDict(golden, specs);
  const parameters = new Parameters(engine.device, specs);
  const ring = new LossRing(engine.device);
  const p: Lookup = (key) => parameters.get(key);
  try {
    for (const { key, kind, shape } of specs) {
      if (kind === "parameter") parameters.write(key, golden.values(`param/${prefix}${key}`));
      // Statistics start as PyTorch starts them.
      if (kind === "buffer") {
        parameters.write(key, new Float32Array(shape[0]).fill(key.endsWith("var") ? 1 : 0));
      }
    }
    const target = engine.constant(golden.shape("in/dge_true"), golden.values("in/dge_true"), "labels");
    const { plan, result } = await engine.record(golden.name, (step) => {
      const { prediction, modules } = model.network(step, p, true);
      const loss = step.keep(mainLoss(step, model.loss, { prediction, target }));
      step.backward(loss, engine.one);
      for (const { tensor } of modules.values()) step.keep(tensor);
      recordOptimizer(step, parameters, loss, ring, {
        kind: "adam",
        weightDecay: adam.weight_decay,
        clipNorm: adam.clip_norm,
      });
      return { prediction: step.keep(prediction), loss, modules };
    });
    const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
    const losses: number[] = [];
    const statistics = new Map<string, Float32Array<ArrayBuffer>>();
    for (let step = 0; step <= adam.steps; step++) {
      if (step === adam.steps) {
        for (const [key, values] of await parameters.values()) {
          checks.push(...compareAfter(golden, prefix + key, values, adam));
        }
      }
      plan.replay(new Map(), { step, seed: 0, learningRate: adam.lr });
      losses.push((await read(result.loss))[0]);
      if (step > 0) continue;
      checks.push(golden.compare("out/task_dge_pred", await read(result.prediction)));
      checks.push(golden.compare("loss/terms", losses), golden.compare("loss/total", losses));
      for (const [name, { tensor, view }] of result.modules) {
        if (!golden.has(`mid/${name}`)) continue;
        const values = await read(tensor);
        checks.push(golden.compare(`mid/${name}`, view?.(values) ?? values));
      }
      for (const [key, values] of await parameters.gradients(plan)) {
        if (golden.has(`grad/${prefix}${key}`)) checks.push(golden.compare(`grad/${prefix}${key}`, values));
      }
      const now = await parameters.values();
      for (const { key, kind } of specs) {
        if (kind !== "buffer") continue;
        statistics.set(key, now.get(key)!);
        if (golden.has(`buffer/${prefix}${key}`)) {
          checks.push(golden.compare(`buffer/${prefix}${key}`, now.get(key)!));
        }
      }
    }
    checks.push(golden.compare("adam/loss_before_each_step_and_after", losses));
    const norms = (await ring.read(adam.steps + 1)).map(({ norm }) => norm).slice(0, adam.steps);
    checks.push(golden.compare("adam/grad_norm_before_clip", norms));
    checks.push(...missing(golden, checks));
    if (!golden.has("out/dge_pred_eval")) return checks;
    // Evaluated with the first parameters, and the statistics that one training pass left.
    for (const { key, kind } of specs) {
      if (kind === "parameter") parameters.write(key, golden.values(`param/${prefix}${key}`));
      if (kind === "buffer") parameters.write(key, statistics.get(key)!);
    }
    const evaluation = await engine.record(
      `${golden.name} evaluation`,
      (step) => step.keep(model.network(step, p, false).prediction),
    );
    evaluation.plan.replay(new Map(), engine.still);
    const predicted = new Float32Array(await evaluation.plan.read(evaluation.result));
    return [...checks, golden.compare("out/dge_pred_eval", predicted)];
  } finally {
    parameters.dispose();
    ring.dispose();
  }
}

/** Intermediates and gradients of the file that nothing was compared with. */
function missing(golden: BadgerGolden, checks: readonly GoldenCheck[]): GoldenCheck[] {
  const seen = new Set(checks.map(({ name }) => name));
  return golden.names().filter((name) => /^(mid|grad|buffer)\//.test(name) && !seen.has(name)).map((
    name,
  ) => ({
    name,
    worst: Infinity,
    tolerance: 0,
    passed: false,
    detail: "nothing was compared with it",
  }));
}
