import { benchDocument } from "../bench/bench_document.ts";
import type { BenchMachine } from "../bench/bench_file.ts";
import type { KernelRow, RefusedRow } from "../bench/kernel_row.ts";
import type { Roofline } from "../bench/roofline/roofline.ts";
import { download } from "./download.ts";

/** What a panel measured, and on what. */
export interface Measured {
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
  readonly roofline: Roofline | null;
  readonly machine: BenchMachine;
  readonly seed: number;
}

/** Hands it to the visitor in the form of `bench kernels --out`; `link` is what repeats it. */
export function downloadMeasured(name: string, { roofline, ...measured }: Measured, link: string): void {
  const document = benchDocument(link, { ...measured, roofline, rooflines: roofline ? [roofline] : [] });
  download(name, new Blob([JSON.stringify(document, null, 1) + "\n"], { type: "application/json" }));
}
