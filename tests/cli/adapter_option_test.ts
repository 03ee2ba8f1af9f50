import assert from "node:assert/strict";
import { takeAdapter } from "../../cli/launcher/backend_option.ts";
import { driverCalled } from "../../host/vulkan_drivers.ts";

Deno.test("--adapter is taken out of the words, one of several by rank, and found by number or name", () => {
  assert.deepEqual(takeAdapter(["train", "--adapter", "0,1", "--quiet"], 3), {
    adapter: "1",
    rest: ["train", "--quiet"],
  });
  assert.deepEqual(takeAdapter(["--adapter=lvp"], 0), { adapter: "lvp", rest: [] });
  assert.throws(() => takeAdapter(["train", "--adapter"], 0), /no value/);
  const drivers = ["intel_icd", "intel_hasvk_icd", "lvp_icd"].map((name) => ({
    name,
    file: `/x/${name}.json`,
  }));
  assert.equal(driverCalled("2", drivers).name, "lvp_icd");
  assert.equal(driverCalled("lvp", drivers).name, "lvp_icd");
  assert.throws(() => driverCalled("intel", drivers), /2 Vulkan drivers .* 0 intel_icd, 1 intel_hasvk_icd/);
  assert.throws(() => driverCalled("3", drivers), /no Vulkan driver/);
});
