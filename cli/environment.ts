import project from "../deno.json" with { type: "json" };
import { dawnVariable } from "../host/dawn/dawn.ts";
import { runtimeName } from "../engine/mod.ts";
import type { Environment } from "./report/report_data.ts";
import type { Backend } from "./backend.ts";

/** This program's version. */
export const version: string = project.version;

/** Where a run is made, as the report tells it. */
export function environmentOf(
  backend: Pick<Backend, "adapter" | "software">,
  command: string,
): Environment {
  return {
    adapter: backend.adapter,
    software: backend.software,
    machine: `${Deno.build.os} ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`,
    runtime: `${runtimeName()}, Perturbine ${version}`,
    command,
  };
}

/** The words after `perturbine` as one would type them, with the option that the launcher has taken out. */
export function commandText(args: readonly string[]): string {
  const backend = Deno.env.get(dawnVariable) ? ["--backend", "dawn"] : [];
  return ["perturbine", ...[...args, ...backend].map(quoted)].join(" ");
}

/** As one would type it in a shell. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
