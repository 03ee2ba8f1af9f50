import { cpus, loadavg, totalmem } from "node:os";
import { adapterIdentity, type Device, runtimeName } from "../engine/mod.ts";
import { workingCommit } from "./commit.ts";
import type { BenchMachine } from "./bench_file.ts";

/** Describes the machine that a measurement ran on. */
export async function benchMachine(
  device: Pick<Device, "description" | "adapterClass" | "adapter">,
): Promise<BenchMachine> {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 1e9);
  const { os, arch } = Deno.build;
  return {
    adapter: device.description,
    adapterClass: device.adapterClass,
    machine: `${processors[0]?.model.trim() || "unknown processor"}, ${processors.length} threads, ` +
      `${gigabytes} GB, ${os} ${arch}, ${runtimeName()}`,
    processor: `${processors[0]?.model.trim() || "unknown processor"}, ${processors.length} threads`,
    driver: adapterIdentity(device.adapter.info),
    commit: await workingCommit(),
    load: loadavg().map((value) => Math.round(100 * value) / 100),
  };
}
