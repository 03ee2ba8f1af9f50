import { useEffect, useState } from "preact/hooks";
import type { BenchFile } from "../bench/bench_file.ts";

/** A run of the whole suite on a software driver, as the repository keeps it: shown where there is no WebGPU. */
export async function recordedRun(): Promise<BenchFile> {
  const { default: file } = await import("../bench/results/kernels-swiftshader.json", {
    with: { type: "json" },
  });
  return file as unknown as BenchFile;
}

/** The recorded run, once it is loaded. */
export function useRecorded(): BenchFile | undefined {
  const [file, setFile] = useState<BenchFile>();
  useEffect(() => void recordedRun().then(setFile), []);
  return file;
}
