import { benchDocument } from "../../../bench/bench_document.ts";
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

/** A measurement with the command line that repeats it. */
export function documentOf(parts: Partial<BenchFile>): BenchFile {
  return benchDocument(commandText(Deno.args), parts);
}
