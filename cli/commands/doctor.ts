import { Command } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { loopBudget } from "../../engine/loop_budget.ts";
import { runtimeName } from "../../engine/mod.ts";
import { vulkanDrivers } from "../../host/vulkan_drivers.ts";
import { UserError } from "../../datasets/user_error.ts";
import { type AdapterReport, reportAdapter } from "../doctor/adapter_report.ts";
import { adviceFor } from "../doctor/advice.ts";
import { loopMeaning } from "../doctor/loop_meaning.ts";
import { inspectMachine, type Machine } from "../doctor/machine.ts";
import { type SelfTest, selfTest } from "../doctor/self_test.ts";

/** `perturbine doctor`: which adapter there is, what it can do, how fast it is, and what would help. */
export function doctorCommand() {
  return new Command("doctor")
    .description(
      "Show the WebGPU adapter, its driver, limits and features, test it for a second, say what to install",
    )
    .option(
      "--all",
      "list the Vulkan drivers of this machine, which `--adapter INDEX|NAME` of any command takes",
    )
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Ends with exit code 1 when there is no adapter, or when it computes wrongly.

Examples:
  perturbine doctor
  perturbine doctor --json
  PERTURBINE_ADAPTER=swiftshader perturbine doctor         the software driver from npm instead of the system's
`,
    )
    .action(async (options) => {
      if (options.all) {
        const drivers = await vulkanDrivers();
        if (options.json) return console.log(JSON.stringify({ drivers }));
        drivers.forEach(({ name, file }, k) => console.log(`${k}  ${name.padEnd(26)} ${file}`));
        if (drivers.length === 0) {
          console.log("No Vulkan driver is installed; SwiftShader from npm is taken.");
        }
        return;
      }
      const machine = await inspectMachine();
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
      const report = adapter ? reportAdapter(adapter) : undefined;
      const { test, loops } = adapter ? await testAdapter(adapter) : {};
      const advice = adviceFor(machine, report);
      const { deno } = Deno.version;
      const runtime = runtimeName();
      if (options.json) {
        console.log(
          JSON.stringify(
            {
              deno,
              runtime,
              machine,
              adapter: report ?? null,
              selfTest: test ?? null,
              loopIterations: loops ?? null,
              advice,
            },
            null,
            2,
          ),
        );
      } else {
        print(machine, report, test, loops, advice);
      }
      const problem = problemOf(report, test);
      if (!problem) return;
      // With --json the report above has said it, and a second document would break it.
      if (options.json) Deno.exit(1);
      throw new UserError(problem);
    });
}

function problemOf(adapter: AdapterReport | undefined, test: SelfTest | undefined): string | undefined {
  if (!adapter || !test) return "No WebGPU adapter was found; see the advice above.";
  if (test.correct) return undefined;
  return `${adapter.name} gave wrong values in the self-test; update its driver, or use another adapter.`;
}

/** The self-test, and how many loop iterations of one thread the adapter is known to run. */
async function testAdapter(adapter: GPUAdapter): Promise<{ test: SelfTest; loops: number }> {
  const device = await adapter.requestDevice({
    label: "doctor",
    requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  });
  try {
    return { test: await selfTest(device), loops: await loopBudget(device, adapter.info) };
  } finally {
    device.destroy();
  }
}

function print(
  machine: Machine,
  adapter: AdapterReport | undefined,
  test: SelfTest | undefined,
  loops: number | undefined,
  advice: readonly string[],
) {
  console.log(
    `machine    ${machine.os} ${machine.arch}, ${navigator.hardwareConcurrency} cores, ${runtimeName()}`,
  );
  if (machine.mesa) console.log(`Mesa       ${machine.mesa}`);
  if (adapter && test && loops) {
    const kind = adapter.software
      ? "software driver on the CPU: right results, tens of times slower than a GPU"
      : "GPU";
    console.log(`adapter    ${adapter.name}\n           ${kind}`);
    console.log(
      `self-test  ${test.correct ? "values exact" : "WRONG VALUES"}, ${figure(test.gflops)} GFLOP/s ` +
        `(matrix product, ${test.matmulSize} x ${test.matmulSize}), ${
          figure(test.gigabytesPerSecond)
        } GB/s ` +
        `(copy of ${binary(test.copyBytes)})`,
    );
    console.log(`loops      ${loopMeaning(loops)}\n`);
    const table = new Table({
      head: ["limit", "here", "guaranteed"],
      colAligns: ["left", "right", "right"],
      style: { head: [], border: [], compact: true },
    });
    for (const { name, value, guaranteed, unit } of adapter.limits) {
      const show = (number: number) => unit === "bytes" ? binary(number) : number.toLocaleString("en-GB");
      table.push([name, show(value), show(guaranteed)]);
    }
    console.log(table.toString() + "\n");
    for (const { feature, use, present } of adapter.wanted) {
      console.log(`${present ? "has  " : "lacks"} ${feature.padEnd(15)}  ${use}`);
    }
    console.log(`features: ${adapter.features.join(", ")}`);
  } else {
    console.log(`adapter    none found; Vulkan drivers: ${machine.vulkanDrivers.join(", ") || "none"}`);
  }
  if (advice.length > 0) console.log(`\n${advice.map((line) => `- ${line}`).join("\n")}`);
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function binary(bytes: number): string {
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const) {
    if (bytes >= size) return `${Math.round(bytes / size * 10) / 10} ${unit}`;
  }
  return `${bytes} B`;
}
