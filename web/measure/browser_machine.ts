import type { BenchMachine } from "../../bench/bench_file.ts";
import { adapterIdentity } from "../../engine/tuning.ts";
import type { Device } from "../../engine/device.ts";

/** Describes the machine as far as a browser tells it. */
export function browserMachine(
  { description, adapterClass, adapter }: Pick<Device, "description" | "adapterClass" | "adapter">,
): BenchMachine {
  const { hardwareConcurrency, userAgent } = navigator;
  return {
    adapter: description,
    adapterClass,
    machine: `${hardwareConcurrency} threads, ${userAgent}`,
    driver: adapterIdentity(adapter.info),
  };
}
