import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCsv } from "../../datasets/readers/csv.ts";
import { inWorkspace, quick } from "../cli/in_process.ts";
import { longTests } from "../support/long_tests.ts";

const launcher = fileURLToPath(new URL("../../cli/launch.ts", import.meta.url));
const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** Largest difference of a prediction between two adapters after a training of 3 epochs, over the largest prediction. */
const bound = 3e-3;

/** Trains on the adapter of a name; undefined where this machine has none. */
async function trained(adapter: string, data: string, run: string): Promise<string | undefined> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      launcher,
      "run",
      "-q",
      main,
      "train",
      "csg2a",
      "--data",
      data,
      ...quick,
      "--out",
      run,
    ],
    env: { PERTURBINE_ADAPTER: adapter, NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (/No system WebGPU adapter|No WebGPU adapter/.test(said)) return undefined;
  assert.equal(code, 0, said);
  return /Adapter: ([^,]*)/.exec(said)?.[1] ?? adapter;
}

/** Adam moves a parameter whose gradient is rounding noise by its whole rate, so predictions are compared, not parameters. */
async function difference(one: string, other: string): Promise<number> {
  const [a, b] = await Promise.all([one, other].map(predictions));
  assert.equal(a.length, b.length);
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((worst, value, at) => Math.max(worst, Math.abs(value - b[at])), 0) / largest;
}

async function predictions(run: string): Promise<number[]> {
  const found: number[] = [];
  await readCsv(join(run, "predictions.csv"), {
    header: () => {},
    row(cells) {
      // Of model and truth, the keys before them left out: what is no number is none here.
      for (const cell of cells.slice(5)) if (Number.isFinite(Number(cell))) found.push(Number(cell));
    },
  });
  return found;
}

Deno.test({
  name:
    "the same seed gives the same bytes twice on every adapter at hand, and nearly the same predictions on another",
  ignore: !longTests,
  fn: () =>
    inWorkspace(async (folder) => {
      const names: string[] = [];
      for (const adapter of ["system", "swiftshader"]) {
        const [one, two] = ["one", "two"].map((name) => join(folder, `${adapter}-${name}`));
        const name = await trained(adapter, join(folder, "pre"), one);
        if (name === undefined) continue;
        await trained(adapter, join(folder, "pre"), two);
        for (
          const file of [
            "checkpoint.safetensors",
            "optimizer.safetensors",
            "predictions.csv",
            "metrics.jsonl",
          ]
        ) {
          assert.deepEqual(
            await Deno.readFile(join(one, file)),
            await Deno.readFile(join(two, file)),
            `${name}, ${file}`,
          );
        }
        console.log(`${name}: twice the same bytes`);
        names.push(adapter);
      }
      assert.ok(names.length > 0, "no adapter at all");
      if (names.length < 2) return console.log("skipped: one adapter only, nothing to compare it with");
      const worst = await difference(join(folder, `${names[0]}-one`), join(folder, `${names[1]}-one`));
      console.log(
        `across adapters: ${worst.toExponential(1)} of the largest prediction, ${bound} allowed`,
      );
      assert.ok(worst <= bound);
    }),
});
