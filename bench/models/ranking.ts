import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { createRankingTask } from "../../models/ranking_task.ts";
import type { RankingFamily } from "../../models/ranking_run_config.ts";
import { resolveRankingConfig, shippedSession } from "../../models/sessions/sessions.ts";
import type { ModelCase } from "./model_case.ts";
import { firstRows, taskModel } from "./task_model.ts";

/** Widths that a software driver can run. */
const reduced: Readonly<Partial<Record<RankingFamily, Readonly<Record<string, unknown>>>>> = {
  badger: { hidden: 32 },
  "badger-light": { hidden: 32 },
  deepce: { hidden: 32, feedForward: 64 },
  ciger: { hidden: 64, feedForward: 64 },
};

function rankingCase(family: RankingFamily, summary: string): ModelCase {
  return {
    name: family,
    summary,
    async prepare(engine, scale) {
      const small = scale === "reduced";
      const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_" });
      try {
        const genes = small ? 160 : 978;
        await writeBadgerFolder(folder, {
          simulator: { genes },
          pathwayWidth: small && family === "badger" ? 32 : 128,
        });
        const config = resolveRankingConfig(shippedSession(family), family, {
          model: small ? reduced[family] : undefined,
          training: { batchSize: small ? 8 : 32 },
        });
        const { cellVectors, fragments } = config.reading;
        const data = await readBadgerFolder(folder, {
          cellVectors,
          fragments,
          minTas: null,
          requireQc: false,
        });
        const rows = firstRows(config.training.batchSize, data.rows);
        const task = await createRankingTask(engine, { data, trainRows: rows, config });
        return taskModel(task, rows, config.training.learningRate, {
          genes: data.genes.length,
          pathways: data.pathways?.names.length ?? 0,
          hidden: config.model.hidden,
        });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

/** BADGER and the models it is released with, on simulated signatures. */
export const rankingModels: readonly ModelCase[] = [
  rankingCase("badger", "BADGER: fragments to pathways to genes, genes to genes"),
  rankingCase("badger-light", "BADGER without pathways"),
  rankingCase("deepce", "DeepCE: atoms to genes, gene-gene attention twice"),
  rankingCase("ciger", "CIGER: gene-gene attention over profiles of the drug"),
  rankingCase("mlp", "MLP on fingerprint bits and cell vectors"),
];
