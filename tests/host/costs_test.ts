import assert from "node:assert/strict";
import { readSdf } from "../../datasets/formats/sdf.ts";
import { readCsv } from "../../datasets/readers/csv.ts";
import { csvLine } from "../../datasets/readers/csv_line.ts";
import { UserError } from "../../datasets/user_error.ts";
import { CheckpointError, readPytorch, readSafetensors } from "../../host/checkpoint/mod.ts";
import { storedZipChunks } from "../../host/checkpoint/stored_zip_writer.ts";
import { joined } from "../support/joined.ts";
import { withFolder } from "./checkpoint_tensors.ts";

const encoder = new TextEncoder();

/** A zip container whose pickle is a dict of one strided tensor, and of `recalls` more names for it. */
function recalled(recalls: number): Uint8Array<ArrayBuffer> {
  const pickle: number[] = [0x80, 2, 0x7d, 0x28];
  const put = (...bytes: number[]) => pickle.push(...bytes);
  const text = (value: string) => put(0x58, value.length, 0, 0, 0, ...encoder.encode(value));
  const name = (value: string) => {
    const dot = value.lastIndexOf(".");
    put(0x63, ...encoder.encode(`${value.slice(0, dot)}\n${value.slice(dot + 1)}\n`));
  };
  text("w");
  name("torch._utils._rebuild_tensor_v2");
  put(0x28, 0x28);
  text("storage");
  name("torch.FloatStorage");
  text("0");
  text("cpu");
  // 20,000 elements; every second one of them; kept as value 1.
  put(0x4a, 0x20, 0x4e, 0, 0, 0x74, 0x51, 0x4b, 0, 0x28, 0x4a, 0x10, 0x27, 0, 0, 0x74);
  put(0x28, 0x4b, 2, 0x74, 0x89, 0x7d, 0x74, 0x52, 0x71, 1);
  for (let k = 0; k < recalls; k++) {
    text(String(k));
    put(0x68, 1);
  }
  put(0x75, 0x2e);
  return joined(...storedZipChunks([
    { name: "a/data.pkl", content: Uint8Array.from(pickle) },
    { name: "a/data/0", content: new Uint8Array(new Float32Array(20_000).map((_, k) => k).buffer) },
  ]));
}

/** A safetensors file of a header alone. */
function header(json: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

Deno.test("a tensor that a PyTorch file recalls 20,000 times is read once", () => {
  const { tensors } = readPytorch(recalled(20_000));
  assert.equal(tensors.size, 20_001);
  const first = tensors.get("w")!;
  assert.equal(first.data[9_999], 19_998);
  assert.ok([...tensors.values()].every((tensor) => tensor === first));
});

Deno.test("more tensors than any model has, dicts copied into each other and axes without end are refused", () => {
  assert.throws(() => readPytorch(recalled(100_000)), /holds more than 100,000 tensors/);
  // A list of 40,000 pairs, made into a dict again and again: its length each time for a few bytes of file.
  const pickle = [0x80, 2, 0x5d, 0x28];
  for (let k = 0; k < 40_000; k++) pickle.push(0x4e, 0x4e, 0x86);
  const body = [...pickle, 0x65, 0x71, 1];
  for (let k = 0; k < 30; k++) {
    body.push(...[0x63, ...encoder.encode("collections\nOrderedDict\n"), 0x68, 1, 0x85, 0x52]);
  }
  const bytes = joined(
    ...storedZipChunks([{ name: "a/data.pkl", content: Uint8Array.from([...body, 0x2e]) }]),
  );
  assert.throws(() => readPytorch(bytes), /dicts are copied more than 1,000,000 pairs long/);
});

Deno.test("a header of brackets, or of more tensors than any model has, is refused before it is parsed", () => {
  assert.throws(
    () => readSafetensors(header(new Uint8Array(4e7).fill(0x5b))),
    /nested more than 4 deep \(at character 4\)/,
  );
  const many = Array.from(
    { length: 100_001 },
    (_, k) => `"${k}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
  );
  assert.throws(
    () => readSafetensors(header(encoder.encode(`{${many.join(",")}}`))),
    /has more than 100,000 keys in one object/,
  );
});

Deno.test("a line longer than any table's, and a quotation mark that is never closed, are refused before they fill memory", () =>
  withFolder(async (folder) => {
    const path = `${folder}/table.csv`;
    const read = () => readCsv(path, { header() {}, row() {} });
    await Deno.writeTextFile(path, "a,b\n1,2\n" + "1,".repeat(9e6) + "1\n");
    await assert.rejects(read(), {
      message:
        `${path}, line 3: has more than 16,777,216 characters, expected the row of a table; the file is no table, or its ` +
        "line ends are missing.",
    });
    await Deno.writeTextFile(path, "a,b\n1,2\n1," + '"' + "2\n3,4\n".repeat(7e6));
    await assert.rejects(read(), /line 3: a quotation mark is not closed/);
    await Deno.writeTextFile(path, "x\n".repeat(100_007));
    await assert.rejects(Array.fromAsync(readSdf(path)), /record 1: has more than 100000 lines/);
  }));

Deno.test("an error that quotes a name of 600,000 characters is cut in its middle", () => {
  const name = "n ".repeat(300_000);
  for (
    const error of [new UserError(`${name} stands twice; rename it.`), new CheckpointError(`${name}; it.`)]
  ) {
    assert.ok(error.message.length < 2_100, String(error.message.length));
    assert.match(error.message, /n\s*\[598,0\d\d characters left out\]\s*n.*it\.$/);
  }
});

Deno.test("texts that a spreadsheet would run are written with an apostrophe, and read as they were", () =>
  withFolder(async (folder) => {
    const names = [
      "=1+1",
      "+SUM(A1)",
      "@x",
      "-cmd|'/c calc'!A0",
      "'=",
      "''@a",
      "'quoted'",
      " =b",
      "- 5",
      "a=b",
    ];
    const numbers = ["+5", "-5", "-1e-3", "-0"];
    const path = `${folder}/names.csv`;
    await Deno.writeTextFile(
      path,
      csvLine(["name", "n"]) + names.map((name) => csvLine([name, -1])).join(""),
    );
    const written = (await Deno.readTextFile(path)).split("\n").slice(1, -1);
    assert.ok(written.every((line) => !/^"?\s*[=+@-]/.test(line)), written.join("\n"));
    const read: string[] = [];
    await readCsv(path, { header() {}, row: (cells) => void read.push(cells[0]) });
    assert.deepEqual(read, names);
    assert.equal(csvLine(numbers), "+5,-5,-1e-3,-0\n");
  }));
