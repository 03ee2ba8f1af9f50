import assert from "node:assert/strict";
import fc from "fast-check";
import { fewestGenes, genesAt, mostGenes, placeOf, sliderSteps } from "../../web/panels/race/genes.ts";
import { asFolder } from "../../web/house/dropped.ts";
import { limitOf } from "../../web/measure/race_block.ts";
import { settingOf as trainingOf } from "../../web/panels/drug_matters/wish.ts";
import { settingOf } from "../../web/panels/race/setting.ts";
import { addressOf, parseAddress } from "../../web/state.ts";
import { indentWgsl, minifyWgsl } from "../../web/wgsl.ts";

Deno.test("an address says what it was made from, whatever stands in it", () => {
  const names = fc.string({ minLength: 1 }).filter((name) => name !== "__proto__");
  fc.assert(fc.property(fc.dictionary(names, fc.string(), { noNullPrototype: true }), (values) => {
    assert.deepEqual(parseAddress(addressOf({ panel: "race", values })), { panel: "race", values });
  }));
  assert.deepEqual(parseAddress(""), { panel: "", values: {} });
});

Deno.test("the slider reaches both ends and never skips back", () => {
  assert.deepEqual([genesAt(0), genesAt(sliderSteps)], [fewestGenes, mostGenes]);
  for (let place = 0; place < sliderSteps; place++) {
    assert.ok(genesAt(place) <= genesAt(place + 1));
    assert.ok(Math.abs(placeOf(genesAt(place)) - place) <= 2, `${place}`);
  }
});

Deno.test("a setting that an address names wrongly is told with what was found and expected", () => {
  const from = (values: Record<string, string>) => settingOf({ get: (name) => values[name] });
  assert.equal(from({}).wrong, undefined);
  assert.equal(from({ genes: "5000", batch: "16", materialised: "naive", seed: "7" }).wrong, undefined);
  const { setting, wrong } = from({ genes: "99", batch: "4.5", materialised: "half" });
  assert.match(wrong!, /genes is "99" in the address; expected a whole number from 100 to 10167/);
  assert.match(wrong!, /batch is "4.5" in the address/);
  assert.match(wrong!, /materialised is "half" in the address; expected tiled or naive/);
  assert.deepEqual([setting.genes, setting.batch, setting.materialised], [978, 4, "tiled"]);
});

Deno.test("shaders lose their comments and indentation and nothing else", () => {
  const text = "// what it does\nfn f() {\n  let x = 1u;  // one\n\n  @s y += x;\n}\n";
  assert.equal(minifyWgsl(text), "fn f() {\nlet x = 1u;\n@s y += x;\n}\n");
  assert.equal(indentWgsl(minifyWgsl(text)), "fn f() {\n  let x = 1u;\n  @s y += x;\n}\n");
  assert.equal(
    indentWgsl("// a ( in words\nfn g(\na: u32,\n) {\n}\n"),
    "// a ( in words\nfn g(\n  a: u32,\n) {\n}\n",
  );
});

Deno.test("scores that pass the binding limit are refused in one sentence, just those", () => {
  const adapter = { maxBinding: 1 << 27, adapterClass: "gpu" } as const;
  assert.equal(limitOf({ genes: 5792, batch: 16 }, adapter), undefined);
  assert.match(
    limitOf({ genes: 5793, batch: 1 }, adapter)!,
    /^the scores of one sample, 5\u202f793 x 5\u202f793 floats, are 134 MB, and this adapter binds at most 134 MB \(maxStorage/,
  );
  const software = { maxBinding: 1 << 30, adapterClass: "software" } as const;
  assert.equal(limitOf({ genes: 10_167, batch: 1 }, software), undefined);
  assert.match(
    limitOf({ genes: 10_167, batch: 4 }, software)!,
    /would take 3.31 GB of this machine's memory\.$/,
  );
});

Deno.test("dropped files stay together: none lands beside the folder that is laid into the page's tree", () => {
  const placed = (...paths: string[]) => {
    const { folder, files } = asFolder(paths.map((path) => ({ path, blob: new Blob() })), "mine");
    return [folder, ...files.map(({ path }) => path)];
  };
  assert.deepEqual(placed("/a/x.csv", "/a/deep/y.csv"), ["/a", "/a/x.csv", "/a/deep/y.csv"]);
  assert.deepEqual(placed("/x.csv"), ["/mine", "/mine/x.csv"]);
  assert.deepEqual(placed("/a/x.csv", "/runs/y.csv"), ["/mine", "/mine/a/x.csv", "/mine/runs/y.csv"]);
  assert.deepEqual(placed("/a/x.csv", "/y.csv"), ["/mine", "/mine/a/x.csv", "/mine/y.csv"]);
});

Deno.test("an address that names no model of the panel gets the default, whatever every object has", () => {
  const from = (values: Record<string, string>) => trainingOf({ get: (name) => values[name] });
  const { setting: { model, split, epochs }, wrong: nothing } = from({});
  assert.equal(nothing, undefined);
  for (const word of ["constructor", "toString", "gru", ""]) {
    const { setting, wrong } = from({ model: word, split: word, epochs: word });
    assert.deepEqual([setting.model, setting.split, setting.epochs], [model, split, epochs], word);
    assert.match(
      wrong!,
      new RegExp(`model is "${word}" in the address; expected csg2a or badger-light; split is`),
    );
  }
  const told = from({
    model: "badger-light",
    split: "random",
    epochs: "3",
    molecule: "removed",
    data: "own",
  });
  assert.equal(told.wrong, undefined);
  assert.deepEqual(told.setting, {
    ...{ model: "badger-light", split: "random", seed: 42, epochs: 3, removed: true, data: "own" },
  });
});
