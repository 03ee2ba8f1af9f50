import type { BenchFile, BenchMachine } from "../../../bench/bench_file.ts";
import { benchMachine } from "../../../bench/machine.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { Engine } from "../../../engine/mod.ts";
import { commandText } from "../../command_text.ts";

/** The machine with its adapter. @throws {UserError} when there is no adapter. */
export async function openedMachine(): Promise<BenchMachine> {
  if (!await navigator.gpu?.requestAdapter()) {
    throw new UserError("No WebGPU adapter was found; `perturbine doctor` says which driver to install.");
  }
  const engine = await Engine.open(navigator.gpu);
  try {
    return benchMachine(engine.device);
  } finally {
    engine.dispose();
  }
}

/** A measurement with what repeats it. */
export function benchDocument(parts: Partial<BenchFile>): BenchFile {
  return {
    format: "perturbine bench 1",
    created: new Date().toISOString(),
    command: commandText(Deno.args),
    machine: null,
    seed: null,
    roofline: null,
    rows: [],
    refused: [],
    fits: [],
    models: [],
    reproductions: [],
    ...parts,
  };
}
