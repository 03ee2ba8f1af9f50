/**
 * BADGER's whole step at 978 genes and a batch of 70, whose last layer's gradient sums 68,460 rows: more than llvmpipe of Mesa 22
 * runs in one loop. Dropout aside a sample's gradient does not depend on its batch, so the judge is the mean, in float64, of the
 * gradients of ten batches of seven, whose sums are short. Small, and without the attention
 * among genes; PERTURBINE_LONG_TESTS=1 takes the released width, and that attention too.
 */
import assert from "node:assert/strict";
import { type Engine, Parameters, type Tensor } from "../../engine/mod.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { releasedBadger } from "../../models/badger/config.ts";
import { initialBadgerValues } from "../../models/badger/initialise.ts";
import { badger } from "../../models/badger/network.ts";
import { badgerSpecs } from "../../models/badger/parameter_specs.ts";
import { bitLists } from "../../models/ops/bit_linear.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";

const [genes, batch, part, fragments] = [978, 70, 7, 3];
const config = {
  ...releasedBadger,
  genes,
  pathways: 7,
  cellWidth: 5,
  geneWidth: 6,
  fingerprintBits: 33,
  hidden: longTests ? 128 : 16,
  geneAttention: longTests,
  dropout: 0,
};

interface Rows {
  readonly bits: readonly number[][];
  readonly cell: Float32Array<ArrayBuffer>;
  readonly target: Float32Array<ArrayBuffer>;
}

/** Loss and gradients, by parameter, of some samples. */
async function gradientsOf(
  engine: Engine,
  parameters: Parameters,
  rows: Rows,
): Promise<Map<string, Float32Array>> {
  const samples = rows.cell.length / config.cellWidth;
  const lists = bitLists(rows.bits, config.fingerprintBits, rows.bits.flat().length);
  const u32 = (values: Uint32Array<ArrayBuffer>, label: string) =>
    engine.constant([values.length], values, label);
  const ones = (shape: readonly number[], label: string) =>
    engine.constant(shape, new Float32Array(shape.reduce((size, extent) => size * extent, 1)).fill(1), label);
  const inputs = {
    bits: {
      starts: u32(lists.starts, "starts"),
      setBits: u32(lists.setBits, "set bits"),
      rowStarts: u32(lists.rowStarts, "row starts"),
      setRows: u32(lists.setRows, "set rows"),
    },
    mask: ones([samples, fragments], "mask"),
    maskWithToken: ones([samples, fragments + 1], "mask with token"),
    cell: engine.constant([samples, config.cellWidth], rows.cell, "cell"),
    samples,
    fragments,
  };
  const target = engine.constant([samples, genes], rows.target, "target");
  const keys = badgerSpecs(config).filter(({ trainable }) => trainable !== false).map(({ key }) => key);
  const { plan, result } = await engine.record(`BADGER of ${samples}`, (step) => {
    const { prediction } = badger(step, (key) => parameters.get(key), config, inputs, { train: true });
    const loss = mseLoss(step, { prediction, target });
    step.backward(loss, engine.one);
    const gradients = keys.map((
      key,
    ): [string, Tensor | undefined] => [key, step.gradient(parameters.get(key))]);
    return { loss: step.keep(loss), gradients };
  });
  plan.replay(new Map(), engine.still);
  const found = new Map<string, Float32Array>([["loss", new Float32Array(await plan.read(result.loss))]]);
  for (const [key, gradient] of result.gradients) {
    if (gradient) found.set(key, new Float32Array(await plan.read(gradient)));
  }
  await engine.device.idle();
  engine.workspace.dispose();
  return found;
}

gpuTest(
  "BADGER's gradients of 70 samples of 978 genes are the mean of those of ten batches of seven",
  async (engine) => {
    const specs = badgerSpecs(config);
    const parameters = new Parameters(engine.device, specs);
    try {
      const random = new RandomValues(17);
      const tables = { genes: random.floats(genes * config.geneWidth) };
      for (const spec of specs) parameters.write(spec.key, initialBadgerValues(spec, specs, tables, 5));
      const rows: Rows = {
        bits: Array.from(
          { length: batch * fragments },
          (_, r) => [r % 33, (7 * r + 5) % 33].filter((b, k, all) => all.indexOf(b) === k),
        ),
        cell: random.floats(batch * config.cellWidth),
        target: random.floats(batch * genes),
      };
      const whole = await gradientsOf(engine, parameters, rows);
      assert.ok(whole.size > 20, `${whole.size} gradients`);
      const mean = new Map<string, Float64Array>();
      for (let first = 0; first < batch; first += part) {
        const some = await gradientsOf(engine, parameters, {
          bits: rows.bits.slice(first * fragments, (first + part) * fragments),
          cell: rows.cell.slice(first * config.cellWidth, (first + part) * config.cellWidth),
          target: rows.target.slice(first * genes, (first + part) * genes),
        });
        for (const [key, values] of some) {
          const sum = mean.get(key) ?? new Float64Array(values.length);
          mean.set(
            key,
            sum.map((value, i) => value + values[i] * part / batch),
          );
        }
      }
      const largest = Math.max(...[...mean].flatMap(([, values]) => [...values].map(Math.abs)));
      for (const [key, expected] of mean) {
        // Gradients that cancel to nothing are judged by the largest of all.
        assertClose(whole.get(key)!, expected, key, { tolerance: 2e-5, absolute: 1e-7 * largest });
      }
    } finally {
      parameters.dispose();
    }
  },
  ["software"],
);

releaseEngines();
