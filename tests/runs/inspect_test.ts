import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
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

Deno.test("a table in Latin-1 is inspected with the byte, line and column where it begins to be one, wherever its text is cut", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = (text: string) => Buffer.from(text, "latin1");
    const path = `${folder}/targets.csv`, head = "drug,target,pathway\nax,TP53,p53\n";
    await Deno.writeFile(path, bytes(`${head}caf\xe9ine,MYC,na\xefve\n`));
    const [note] = (await inspect(path)).notes;
    assert.match(
      note,
      /targets\.csv, line 3, column drug: found the byte 0xe9 \(byte 36 of the file\), which is no UTF-8; the text was read as Latin-1/,
    );
    // The letter is the last but one byte of what is read at once, the last, the first of the next.
    for (let at = (1 << 20) - 1; at <= (1 << 20) + 1; at++) {
      const filler = "a,B,c\n" + `${"x".repeat(4091)},Y,z\n`.repeat(Math.floor(at / 4096) - 1),
        rest = at - 1 - filler.length - 2;
      await Deno.writeFile(path, bytes(`${filler}a,${"q".repeat(rest)}\xe9,z\n`));
      const found = await inspect(path);
      assert.match(found.notes[0] ?? "", new RegExp(`found the byte 0xe9 \\(byte ${at} of the file\\)`));
    }
    await Deno.writeFile(path, bytes(`${head}caf\xc3\xa9,MYC,x\nb\xe9,MYC,x\n`));
    await assert.rejects(
      inspect(path),
      /targets\.csv, line 4: found the byte 0xe9 \(byte 46 of the file\), which is no UTF-8 as other letters are/,
    );
    await Deno.writeFile(
      path,
      bytes(`!Source\thub\r\n!File_date\t3/24/2020\r\n${head.replaceAll(",", "\t")}caf\xe9\tMYC\tx\n`),
    );
    const hub = await inspect(path);
    assert.deepEqual([hub.rows, hub.fields], [2, ["drug", "target", "pathway"]]);
    assert.match(hub.notes[0], /targets\.csv: 2 lines above the table begin with ! and were left out/);
    assert.match(hub.notes[1], /targets\.csv, line 5, column drug: found the byte 0xe9/);
    assert.match(hub.next, /prepare kg --targets/);
    await Deno.writeFile(path, bytes(`${head}caffeine,MYC,none\n`));
    assert.deepEqual((await inspect(path)).notes, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
