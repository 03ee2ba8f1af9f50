import { cpus, totalmem } from "node:os";
import { type Device, runtimeName } from "../engine/mod.ts";
import type { BenchMachine } from "./bench_file.ts";

/** Describes the machine that a measurement ran on. */
export function benchMachine(device: Pick<Device, "description" | "adapterClass">): BenchMachine {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 1e9);
  const { os, arch } = Deno.build;
  return {
    adapter: device.description,
    adapterClass: device.adapterClass,
    machine: `${processors[0]?.model.trim() || "unknown processor"}, ${processors.length} threads, ` +
      `${gigabytes} GB, ${os} ${arch}, ${runtimeName()}`,
  };
}
