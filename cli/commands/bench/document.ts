import type { BenchFile, BenchMachine } from "../../../bench/bench_file.ts";
import { benchMachine } from "../../../bench/machine.ts";
import { Engine } from "../../../engine/mod.ts";
import { commandText } from "../../command_text.ts";
import { requireAdapter } from "../../../runs/device.ts";

/** The machine with its adapter. @throws {UserError} when there is no adapter. */
export async function openedMachine(): Promise<BenchMachine> {
  await requireAdapter();
  const engine = await Engine.open(navigator.gpu);
  try {
    return await benchMachine(engine.device);
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
    rooflines: [],
    refused: [],
    rows: [],
    fits: [],
    models: [],
    reproductions: [],
    predictions: [],
    ...parts,
  };
}
