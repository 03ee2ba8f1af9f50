import { modelNamed } from "../models/registry.ts";
import { requireSameConfig, requireSameData } from "./data_record.ts";
import { onOtherData } from "./other_data.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";
import { readConfig } from "./read_config.ts";
import type { RunConfig } from "./run_config.ts";
import { genesToFollow } from "./run_genes.ts";

/** What decides the rows of a run and what its model is shown. */
const rowKeys = ["layout", "data", "reading", "identity", "split", "control"] as const;

/** Prepares finished runs; those that look at the same rows share what was read. */
export class FinishedRuns {
  #last: { readonly genes: string; readonly own: PreparedRun; readonly prepared: PreparedRun } | undefined;

  /** @param otherData a folder all rows of which are tested in place of the run's own test part. */
  constructor(readonly otherData?: string) {}

  /** @throws {UserError} when the folder holds no run, or its data are gone or have changed. */
  async prepare(run: string): Promise<PreparedRun> {
    const config = await readConfig(run);
    await requireSameConfig(run, config);
    const genes = await genesToFollow(run, config.from);
    const last = this.#last;
    if (last && last.genes === JSON.stringify(genes) && sameRows(last.own.config, config)) {
      await requireSameData(run, last.own);
      return { ...last.prepared, config, model: modelNamed(config.model) };
    }
    const own = await prepareRun(config, genes);
    await requireSameData(run, own);
    const prepared = this.otherData === undefined ? own : await onOtherData(own, this.otherData, genes);
    this.#last = { genes: JSON.stringify(genes), own, prepared };
    return prepared;
  }
}

function sameRows(a: RunConfig, b: RunConfig): boolean {
  return rowKeys.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key])) &&
    (a.control === null || a.seed === b.seed);
}
