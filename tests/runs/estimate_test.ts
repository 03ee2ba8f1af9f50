import assert from "node:assert/strict";
import { configure } from "../../runs/configure.ts";
import { measuredAs } from "../../runs/studies/estimate.ts";

Deno.test("a kept time of a study belongs to settings and adapter, whatever the seed and the fold", async () => {
  const config = await configure({ model: "ridge", split: { rule: "drug-folds", folds: 4, fold: 1 } });
  const key = measuredAs("simulated/ridge", { config }, "adapter A");
  const other = { ...config, seed: config.seed + 1, split: { ...config.split, fold: 3 } } as typeof config;
  assert.equal(measuredAs("simulated/ridge", { config: other }, "adapter A"), key);
  assert.notEqual(measuredAs("simulated/ridge", { config }, "adapter B"), key);
  const wider = { ...config, settings: { ...config.settings, bits: 512 } };
  assert.notEqual(measuredAs("simulated/ridge", { config: wider }, "adapter A"), key);
  const more = { ...config, split: { ...config.split, folds: 5 } } as typeof config;
  assert.notEqual(measuredAs("simulated/ridge", { config: more }, "adapter A"), key);
});
