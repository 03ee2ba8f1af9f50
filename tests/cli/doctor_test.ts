import assert from "node:assert/strict";
import { adviceFor } from "../../cli/doctor/advice.ts";
import { type AdapterReport, reportAdapter } from "../../cli/doctor/adapter_report.ts";
import { loopMeaning } from "../../cli/doctor/loop_meaning.ts";
import { inspectMachine, type Machine } from "../../cli/doctor/machine.ts";
import { selfTest } from "../../cli/doctor/self_test.ts";
import { probedIterations } from "../../engine/loop_budget.ts";
import { doctorCommand } from "../../cli/commands/doctor.ts";

const linux: Machine = { os: "linux", arch: "x86_64", vulkanDrivers: [], gpuDevices: [], swiftshader: false };
const software: AdapterReport = {
  name: "llvmpipe",
  vendor: "",
  architecture: "",
  software: true,
  limits: [],
  features: [],
  wanted: [],
};

/** What a piece of code prints. */
async function printed(body: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (...parts) => lines.push(parts.join(" "));
  try {
    await body();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

Deno.test("doctor --json gives adapter, limits, features, speed and advice", async () => {
  const text = await printed(() => doctorCommand().parseAsync(["--json"], { from: "user" }));
  const report = JSON.parse(text);
  assert.equal(report.selfTest.correct, true);
  assert.ok(report.selfTest.gflops > 0.001 && Number.isFinite(report.selfTest.gflops), text);
  assert.ok(
    report.selfTest.gigabytesPerSecond > 0.01 && Number.isFinite(report.selfTest.gigabytesPerSecond),
    text,
  );
  for (const limit of report.adapter.limits) assert.ok(limit.value >= limit.guaranteed, limit.name);
  assert.ok(report.loopIterations >= 65_536, text);
  assert.equal(report.deno, Deno.version.deno);
});

Deno.test("doctor prints the adapter first and its figures with their sizes", async () => {
  const text = await printed(() => doctorCommand().parseAsync([], { from: "user" }));
  assert.match(text, /^adapter {4}\S/m);
  assert.match(
    text,
    /values exact, \S+ GFLOP\/s \(matrix product, \d+ x \d+\), \S+ GB\/s \(copy of \d+ MiB\)/,
  );
  assert.match(text, /^loops {6}[\d,]+ iterations a thread, (all that were asked|then this driver leaves)/m);
  assert.match(text, /maxStorageBufferBindingSize/);
});

Deno.test("doctor says what the measured loop iterations mean", () => {
  assert.match(
    loopMeaning(65_536),
    /^65,536 iterations a thread, then this driver leaves loops without an error/,
  );
  assert.match(loopMeaning(probedIterations + 1), /^262,145 iterations a thread, all that were asked for/);
});

Deno.test("the self-test also works on a device with nothing but WebGPU's defaults", async () => {
  const adapter = await navigator.gpu.requestAdapter();
  assert.ok(adapter);
  const device = await adapter.requestDevice();
  const result = await selfTest(device);
  device.destroy();
  assert.ok(result.correct);
  assert.ok(result.gflops > 0);
});

Deno.test("the report says whether an adapter is software", async () => {
  const adapter = await navigator.gpu.requestAdapter();
  assert.ok(adapter);
  assert.equal(reportAdapter(adapter).software, adapter.info.isFallbackAdapter);
  assert.equal((await inspectMachine()).os, Deno.build.os);
});

Deno.test("advice names what to install, and nothing where a GPU is in use", () => {
  assert.deepEqual(adviceFor(linux, { ...software, software: false }), []);
  assert.match(adviceFor(linux, undefined).join(), /apt-get install -y mesa-vulkan-drivers/);
  assert.match(
    adviceFor({ ...linux, swiftshader: true }, software).join(),
    /better software driver: `apt-get install/,
  );
  const nvidia: Machine = {
    ...linux,
    gpuDevices: ["/dev/nvidia0"],
    vulkanDrivers: ["lvp_icd.x86_64.json"],
    mesa: "25.0.7-2",
  };
  assert.match(adviceFor(nvidia, software).join(), /An NVIDIA GPU is here, but its Vulkan driver is not/);
  assert.match(adviceFor({ ...linux, mesa: "22.3.6-1" }, software).join(), /bookworm-backports/);
  assert.deepEqual(
    adviceFor({ ...linux, mesa: "25.0.7-2", vulkanDrivers: ["lvp_icd.x86_64.json"] }, software),
    [],
  );
  assert.match(adviceFor({ ...linux, os: "windows" }, undefined).join(), /vendor/);
  assert.match(adviceFor({ ...linux, os: "darwin" }, undefined).join(), /Metal/);
});
