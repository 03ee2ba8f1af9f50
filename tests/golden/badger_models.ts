/** Golden checks of the BADGER sessions and options: outputs, modules, losses, gradients, and clipped steps of Adam. */
import { type Engine, LossRing, Parameters, recordOptimizer, type Tensor } from "../../engine/mod.ts";
import { bitLists } from "../../models/ops/bit_linear.ts";
import { type BadgerConfig, releasedBadger } from "../../models/badger/config.ts";
import { badgerLoss, releasedBadgerLoss } from "../../models/badger/loss.ts";
import { badger } from "../../models/badger/network.ts";
import { badgerSpecs } from "../../models/badger/parameter_specs.ts";
import { type BadgerGolden, badgerParameter, within } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";

const prefix = "module.";

interface Adam {
  readonly lr: number;
  readonly clip_norm: number;
  readonly steps: number;
}

/** The configuration that a manifest describes. */
export function badgerConfigOf({ manifest }: BadgerGolden): BadgerConfig {
  const config = manifest.config as Record<string, number> & { overrides?: Record<string, unknown> };
  const overrides = config.overrides ?? {};
  return {
    ...releasedBadger,
    genes: config.genes,
    pathways: config.pathways,
    cellWidth: config.cell_width,
    geneWidth: config.gene_feature_width,
    fingerprintBits: config.ecfp_bits,
    hidden: config.hidden,
    heads: config.heads,
    dropout: 0,
    light: manifest.session === "badger_light",
    plusUltra: overrides.model_params__badger__plus_ultra === true,
    decoderMultiway: overrides.model_params__badger__decoder_multiway === true,
    geneAttention: overrides.model_params__badger__with_gsab !== false,
  };
}

/** Checks one file `model_badger_*`. */
export async function checkBadgerModel(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const { manifest } = golden;
  const config = badgerConfigOf(golden);
  const overrides = (manifest.config?.overrides ?? {}) as Record<string, unknown>;
  const losses = {
    ...releasedBadgerLoss,
    labelType: (overrides.dataprep__label_type ?? "real") as "real" | "real_reverse",
    geneAttentionWeight: Number(overrides.train_params__badger__genesab_coef ?? 0),
    spreadoutWeight: Number(overrides.train_params__badger__gene_spreadout_coef ?? 0),
  };
  const adam = manifest.adam as Adam | undefined;
  const specs = badgerSpecs(config);
  const parameters = new Parameters(engine.device, specs);
  const ring = new LossRing(engine.device);
  try {
    const formulas = manifest.parameters as unknown as Record<string, Parameters_>;
    for (const { key, shape } of specs) {
      const stored = `param/${prefix}${key}`;
      const formula = formulas[prefix + key];
      parameters.write(
        key,
        golden.has(stored) ? golden.values(stored) : badgerParameter({ ...formula, key, shape }),
      );
    }
    const [samples, fragments, width] = golden.shape("in/fragment_bits");
    const bits = golden.values("in/fragment_bits");
    const rows = Array.from(
      { length: samples * fragments },
      (_, r) => [...Array(width).keys()].filter((bit) => bits[r * width + bit] !== 0),
    );
    const capacity = rows.reduce((sum, row) => sum + row.length, 0);
    const lists = bitLists(rows, width, capacity);
    const u32 = (values: Uint32Array<ArrayBuffer>, label: string) =>
      engine.constant([values.length], values, label);
    const mask = numbers(golden, "in/fragment_mask");
    const withToken = Float32Array.from({ length: samples * (fragments + 1) }, (_, i) => {
      const [sample, slot] = [Math.floor(i / (fragments + 1)), i % (fragments + 1)];
      return slot === fragments ? 1 : mask[sample * fragments + slot];
    });
    const inputs = {
      bits: {
        starts: u32(lists.starts, "starts"),
        setBits: u32(lists.setBits, "set bits"),
        rowStarts: u32(lists.rowStarts, "row starts"),
        setRows: u32(lists.setRows, "set rows"),
      },
      mask: engine.constant([samples, fragments], mask, "fragment mask"),
      maskWithToken: engine.constant([samples, fragments + 1], withToken, "mask with token"),
      cell: engine.constant(golden.shape("in/cell"), golden.values("in/cell"), "cell"),
      samples,
      fragments,
    };
    const labels = numbers(golden, "in/pathway_true");
    const known = Float32Array.from(labels, (_, i) => {
      const from = Math.floor(i / config.pathways) * config.pathways;
      return labels.subarray(from, from + config.pathways).some((label) => label !== 0) ? 1 : 0;
    });
    const supervision = overrides.model_params__badger__gsab__attn_supervised === "diag";
    const targets = {
      target: engine.constant([samples, config.genes], golden.values("in/dge_true"), "labels"),
      pathwayLabels: engine.constant([samples, config.pathways], Uint32Array.from(labels), "pathway labels"),
      pathwayMask: engine.constant([samples, config.pathways], known, "labelled drugs"),
      geneAttention: supervision
        ? engine.constant([config.genes, config.genes], identity(config.genes), "identity")
        : undefined,
    };
    const { plan, result } = await engine.record(golden.name, (step) => {
      const pass = { train: true, weights: true, geneAttention: supervision };
      const output = badger(step, (key) => parameters.get(key), config, inputs, pass);
      const { total, terms } = badgerLoss(step, output, targets, losses, {
        samples,
        genes: config.genes,
        heads: config.heads,
      });
      for (
        const tensor of [
          output.prediction,
          total,
          ...terms.map(({ value }) => value),
          ...output.modules.values(),
        ]
      ) {
        step.keep(tensor);
      }
      step.backward(total, engine.one);
      recordOptimizer(step, parameters, total, ring, { kind: "adam", clipNorm: adam?.clip_norm ?? 0 });
      return { output, total, terms };
    });
    const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
    const checks: GoldenCheck[] = [];
    const seen: number[] = [];
    for (let step = 0; step <= (adam?.steps ?? 0); step++) {
      plan.replay(new Map(), { step, seed: 0, learningRate: step < (adam?.steps ?? 0) ? adam!.lr : 0 });
      seen.push((await read(result.total))[0]);
      if (step > 0) continue;
      checks.push(golden.compare("out/task_dge_pred", await read(result.output.prediction)));
      checks.push(golden.compare("loss/total", seen));
      const terms: number[] = [];
      for (const { value } of result.terms) terms.push((await read(value))[0]);
      checks.push(golden.compare("loss/terms", terms));
      for (const [name, tensor] of result.output.modules) {
        const key = [`mid/${name}`, `mid/${name}[:4]`].find((candidate) => golden.has(candidate));
        if (!key) continue;
        const found = await read(tensor);
        if (name === "drugcell_fusion") {
          // Padding rows are masked right after, so what stands in them is nobody's business.
          const reference = golden.values(key);
          found.forEach((_, i) => {
            if (mask[Math.floor(i / config.hidden)] === 0) found[i] = reference[i];
          });
        }
        checks.push(
          golden.compare(
            key,
            key.endsWith("[:4]")
              ? cropped(found, moduleShape(config, samples, name, fragments), golden.shape(key))
              : found,
          ),
        );
      }
      for (const [key, values] of await parameters.gradients(plan)) {
        checks.push(...gradientChecks(golden, prefix + key, values));
      }
    }
    if (adam) {
      checks.push(golden.compare("adam/loss_before_each_step_and_after", seen));
      const norms = (await ring.read(adam.steps)).map(({ norm }) => norm);
      checks.push(golden.compare("adam/grad_norm_before_clip", norms));
      const after = await parameters.values();
      for (const { key } of specs) {
        if (golden.has(`after/${prefix}${key}`)) {
          checks.push(afterCheck(golden, prefix + key, after.get(key)!, adam));
        }
      }
    }
    return checks;
  } finally {
    parameters.dispose();
    ring.dispose();
  }
}

type Parameters_ = { trainable: boolean; seed: number; scale: number; offset: number };

function numbers(golden: BadgerGolden, key: string): Float32Array<ArrayBuffer> {
  return golden.manifest.tensors[key].dtype === "I32"
    ? Float32Array.from(golden.integers(key))
    : golden.values(key);
}

function identity(n: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0);
}

/** Full shape of a module's output, where the golden holds a corner of it. */
function moduleShape(
  { genes, pathways, heads, hidden }: BadgerConfig,
  samples: number,
  name: string,
  fragments: number,
) {
  if (name === "path_mab.0") return [samples, pathways, hidden];
  if (name === "path_mab.1") return [heads * samples, pathways, fragments + 1];
  if (name === "sign_mab.1") return [heads * samples, genes, pathways + 1];
  if (name === "gene_sab.1") return [heads * samples, genes, genes];
  if (name === "plus_mab.1") return [heads * samples, genes, genes + pathways];
  return [samples, genes, hidden];
}

/** The first entries along every axis. */
function cropped(
  values: Float32Array,
  [, rows, columns]: number[],
  [a, b, c]: readonly number[],
): Float32Array {
  return Float32Array.from({ length: a * b * c }, (_, i) => {
    const [x, y, z] = [Math.floor(i / (b * c)), Math.floor(i / c) % b, i % c];
    return values[(x * rows + y) * columns + z];
  });
}

/** A gradient whole, or its sample and statistics. */
export function gradientChecks(golden: BadgerGolden, key: string, values: Float32Array): GoldenCheck[] {
  if (golden.has(`grad/${key}`)) return [golden.compare(`grad/${key}`, values)];
  if (!golden.has(`gradsample/${key}`)) return [];
  const count = golden.values(`gradsample/${key}`).length;
  const stride = Math.max(1, Math.floor(values.length / count));
  let [sum, magnitudes, squares, largest] = [0, 0, 0, 0];
  for (const value of values) {
    sum += value;
    magnitudes += Math.abs(value);
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  return [
    golden.compare(`gradsample/${key}`, Float32Array.from({ length: count }, (_, i) => values[i * stride])),
    golden.compare(`gradstat/${key}`, [sum, magnitudes, Math.sqrt(squares), largest]),
  ];
}

/** Parameters after Adam: entries that a real gradient drives, within 5 % of lr x steps (badger.md section 7). */
export function afterCheck(
  golden: BadgerGolden,
  key: string,
  found: Float32Array,
  { lr, steps }: Adam,
): GoldenCheck {
  const name = `after/${key}`;
  const { manifest } = golden;
  const expected = golden.values(name);
  if (manifest.zero_gradient?.includes(key)) return within(name, found, expected, 0);
  const gradient = golden.has(`grad/${key}`) ? golden.values(`grad/${key}`) : undefined;
  const noise = manifest.rounding_only_gradient?.includes(key) || !gradient;
  const largest = gradient?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
  const driven = expected.map((value, i) =>
    !noise && Math.abs(gradient![i]) > 1e-5 * largest ? value : found[i]
  );
  return within(name, found, driven, 0.05 * lr * steps);
}
