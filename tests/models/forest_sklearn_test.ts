import assert from "node:assert/strict";
import { featureValues, width } from "../../models/forest/binned_features.ts";
import { RowFeatures } from "../../models/baselines/row_features.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import { configure } from "../../runs/configure.ts";
import { readData } from "../../runs/prepare.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";
import { fitBaseline } from "./fit_baseline.ts";

/** Fits the same rows with scikit-learn's defaults; prints what it predicts. Features, then the truth, are the columns of each file. */
const python = `
import json, sys, numpy, sklearn
from sklearn.ensemble import RandomForestRegressor
columns = int(sys.argv[1])
train, test = (numpy.fromfile(path, dtype="<f4").reshape(-1, columns) for path in sys.argv[2:4])
forest = RandomForestRegressor(n_estimators=100, max_features=1.0, random_state=0, n_jobs=2).fit(train[:, :-1], train[:, -1])
print(json.dumps({"version": sklearn.__version__, "predicted": forest.predict(test[:, :-1]).tolist()}))
`;

/** Predictions of scikit-learn, or why there are none. */
async function predictedByPython(columns: number, train: Float32Array, test: Float32Array) {
  const folder = await Deno.makeTempDir();
  try {
    const paths = [`${folder}/train`, `${folder}/test`];
    await Deno.writeFile(paths[0], new Uint8Array(train.buffer as ArrayBuffer));
    await Deno.writeFile(paths[1], new Uint8Array(test.buffer as ArrayBuffer));
    // A python3 of one's own may not see the system's packages.
    for (const name of ["python3", "/usr/bin/python3"]) {
      const run = new Deno.Command(name, { args: ["-c", python, String(columns), ...paths] });
      const output = await run.output().catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
      if (!output) continue;
      const text = new TextDecoder();
      if (output.code === 0) {
        return JSON.parse(text.decode(output.stdout)) as { version: string; predicted: number[] };
      }
      // Whatever else goes wrong is a failure of the test.
      assert.match(text.decode(output.stderr), /No module named '(sklearn|numpy)/);
    }
    return "no python3 with scikit-learn";
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

sharedTest(
  "data/csg2a-format/gdsc_finetune",
  "the forest's error on the GDSC sample is that of scikit-learn within 2 %, over four random splits",
  async () => {
    const folder = new URL("data/csg2a-format/gdsc_finetune", sharedFolder).pathname;
    const data = await readData(await configure({ model: "forest", data: folder }));
    const features = await RowFeatures.of(data, 1024), columns = width(features) + 1;
    const sums = { own: 0, other: 0, rows: 0 };
    for (const number of [0, 1, 2, 3]) {
      const split = await makeSplit({ rule: "random", number }, data);
      const truth = data.truth!.take(split.test);
      const table = (rows: Uint32Array) => {
        const values = featureValues(features, rows), labels = data.truth!.take(rows);
        const all = new Float32Array(rows.length * columns);
        for (let row = 0; row < rows.length; row++) {
          all.set(values.subarray(row * (columns - 1), (row + 1) * (columns - 1)), row * columns);
          all[(row + 1) * columns - 1] = labels[row];
        }
        return all;
      };
      const other = await predictedByPython(columns, table(split.train), table(split.test));
      if (typeof other === "string") {
        return console.log(`skipped: the comparison with scikit-learn (${other})`);
      }
      const { predictor, prediction } = await fitBaseline("forest", data, split);
      await predictor[Symbol.asyncDispose]();
      const squares = (predicted: ArrayLike<number>) =>
        truth.reduce((sum, value, row) => sum + (value - predicted[row]) ** 2, 0);
      const [own, theirs] = [squares(prediction), squares(other.predicted)];
      console.log(
        `split ${number}: RMSE ${Math.sqrt(own / truth.length).toFixed(4)}, scikit-learn ${other.version} ${
          Math.sqrt(theirs / truth.length).toFixed(4)
        }, ${truth.length} rows`,
      );
      sums.own += own;
      sums.other += theirs;
      sums.rows += truth.length;
    }
    const [own, other] = [sums.own, sums.other].map((sum) => Math.sqrt(sum / sums.rows));
    console.log(`all: RMSE ${own.toFixed(4)}, scikit-learn ${other.toFixed(4)}`);
    assert.ok(Math.abs(own / other - 1) < 0.02, `RMSE ${own}, scikit-learn ${other}`);
  },
  "long",
);
