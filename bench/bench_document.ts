import type { BenchFile } from "./bench_file.ts";

/** A measurement with what repeats it; parts that are not given are empty. */
export function benchDocument(command: string, parts: Partial<BenchFile>): BenchFile {
  return {
    format: "perturbine bench 1",
    created: new Date().toISOString(),
    command,
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
