import project from "../deno.json" with { type: "json" };
import { runtimeName } from "../engine/mod.ts";
import type { Environment } from "../report/run_report.ts";
import type { Device } from "./device.ts";
import { system } from "../host/system.ts";

/** This program's version. */
export const version: string = project.version;

/** Where a run is made, as its report tells it. */
export function environmentOf(
  { adapter, software, tuned }: Pick<Device, "adapter" | "software" | "tuned">,
  command: string,
): Environment {
  return {
    adapter: adapter ?? "none: fitted in closed form on the host",
    software,
    machine: `${system.build.os} ${system.build.arch}, ${navigator.hardwareConcurrency} cores`,
    runtime: `${runtimeName()}, Perturbine ${version}`,
    command,
    ...(tuned === undefined ? {} : { tuned }),
  };
}
