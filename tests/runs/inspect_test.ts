import assert from "node:assert/strict";
import { gctLines, gctxBytes } from "../../datasets/formats/write_matrix.ts";
import { UserError } from "../../datasets/user_error.ts";
import { saveSafetensors } from "../../host/checkpoint/mod.ts";
import { inspect } from "../../runs/inspect.ts";
import { writeSmallFolder } from "./small_run.ts";

Deno.test("files are told by their content: format, sizes, scale, ids, missing values, and what takes them next", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const at = (name: string) => `${folder}/${name}`;
    const matrix = {
      samples: {
        ids: ["w1", "w2", "w3"],
        fields: new Map([["pert_type", ["trt_cp", "trt_cp", "ctl_vehicle"]]]),
      },
      features: {
        ids: ["780", "7849", "6193", "5720"],
        fields: new Map([["pr_is_lm", ["1", "1", "0", "1"]]]),
      },
      values: Float32Array.of(7.5, 3.25, 9, NaN, 4, 5, 6, 8, 14.5, 2, 3, 4),
    };
    await Deno.writeFile(at("renamed.dat"), await gctxBytes(matrix, "test"));
    const found = await inspect(at("renamed.dat"));
    assert.deepEqual(
      [found.format, found.rows, found.columns, found.scale, found.ids, found.missing, found.landmarks],
      ["GCTX", 3, 4, "log2", "Entrez", 1, 3],
    );
    assert.deepEqual(found.range, [2, 14.5]);
    assert.match(found.next, /prepare csg2a/);
    const scores = { ...matrix, values: matrix.values.map((value) => value - 5) };
    await Deno.writeTextFile(at("z.gct"), [...gctLines(scores)].join(""));
    assert.deepEqual(await inspect(at("z.gct")).then(({ format, scale }) => [format, scale]), [
      "GCT 1.3",
      "z",
    ]);
    await Deno.writeTextFile(at("sets.gmt"), "A\t\tTP53\tMYC\nB\t\tMYC\tEGFR\n");
    assert.deepEqual(await inspect(at("sets.gmt")).then(({ rows, columns, ids }) => [rows, columns, ids]), [
      2,
      3,
      "symbols",
    ]);
    await saveSafetensors(
      at("w.safetensors"),
      new Map([["a.weight", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]]),
    );
    assert.deepEqual(await inspect(at("w.safetensors")).then(({ rows, fields }) => [rows, fields]), [1, [
      "a.weight",
    ]]);
    await Deno.writeTextFile(at("r.csv"), "cell_id,drug_name,LN_IC50\nA375,x,1\nA375,y,NA\n");
    const response = await inspect(at("r.csv"));
    assert.deepEqual([response.rows, response.columns, response.missing], [2, 3, 1]);
    assert.match(response.next, /prepare gdsc --response/);
    await writeSmallFolder(at("data"));
    assert.match((await inspect(at("data"))).format, /^folder \(/);
    await Deno.writeTextFile(at("page.csv"), "<!DOCTYPE html><html><body>404</body></html>");
    assert.match((await inspect(at("page.csv"))).format, /web page/);
    await assert.rejects(
      inspect(at("none")),
      (error) => error instanceof UserError && /no such file/.test(error.message),
    );
    await Deno.writeTextFile(at("empty"), "");
    await assert.rejects(inspect(at("empty")), /empty \(0 bytes\)/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
