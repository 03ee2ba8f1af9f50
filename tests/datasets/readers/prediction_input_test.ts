import assert from "node:assert/strict";
import { join } from "node:path";
import { readPredictionInput } from "../../../datasets/readers/read_prediction_input.ts";
import { withFolder } from "./data_files.ts";

Deno.test("readPredictionInput() puts genes into the model's order and names unknown and missing ones", async () => {
  const read = (content: string, skipBad = false) =>
    withFolder({ "in.csv": content }, async (folder) => {
      const action = readPredictionInput(join(folder, "in.csv"), ["DDR1", "PAX8", "RPS5"], { skipBad });
      return await action.catch((error: Error) => error.message.replaceAll(folder, "DIR"));
    });
  const good = await read(
    "PAX8,smiles,RPS5,dose,cell_id,time,DDR1\n2,CCO,3,10,A375,24,1\n5,C,6,1,MCF7,6,4\n",
  );
  assert.ok(typeof good !== "string", String(good));
  assert.deepEqual([...good.basal], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(good.samples.cells, ["A375", "MCF7"]);
  assert.deepEqual([...good.samples.dose], [10, 1]);
  const header = "smiles,dose,time,DDR1,PAX8";
  assert.equal(
    await read(`${header},RPS55\nC,1,6,1,2,3\n`),
    'DIR/in.csv, header: found an unknown gene, "RPS55", expected smiles, dose, time and the 3 genes of the model; did ' +
      'you mean "RPS5"? Rename or remove the column.',
  );
  assert.equal(
    await read(`${header}\nC,1,6,1,2\n`),
    'DIR/in.csv, header: 1 of the model\'s 3 genes is missing ("RPS5"), expected a column for every gene; add the basal ' +
      "values of these genes.",
  );
  assert.match(
    String(await read("dose,time,DDR1,PAX8,RPS5\n1,6,1,2,3\n")),
    /expected "smiles" or "canonical_smiles"/,
  );
  assert.match(
    String(await read(`${header},RPS5\nC,1,6,1,2,nan\n`)),
    /row 1 \(line 2\), column RPS5: found "nan"/,
  );
  const kept = await read(`${header},RPS5\nC,1,6,1,2,nan\nCC,1,6,7,8,9\n`, true);
  assert.ok(typeof kept !== "string", String(kept));
  assert.deepEqual([[...kept.basal], kept.samples.smiles, kept.skipped!.length], [[7, 8, 9], ["CC"], 1]);
});
