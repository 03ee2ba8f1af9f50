import { float32Text } from "../datasets/readers/float32_text.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import type { GeneRanking, Screen } from "../report/asked.ts";
import { renderRankPage } from "../report/rank_page.ts";
import { renderScreenPage } from "../report/screen_page.ts";
import { csvTable } from "./csv_table.ts";

/**
 * Writes a ranking as `NAME.csv` and `NAME.html`.
 *
 * @example
 * ```ts
 * await writeRanking("vorinostat", await rankGenes("runs/badger", "vorinostat", { cell: "A375" }));
 * ```
 */
export async function writeRanking(name: string, ranking: GeneRanking): Promise<void> {
  await writeFileAtomic(
    `${name}.csv`,
    csvTable(ranking.genes, {
      gene: ({ gene }) => gene,
      rank: ({ rank }) => String(rank),
      score: ({ score }) => float32Text(score),
      training_mean: ({ trainingMean }) => trainingMean,
      ...(ranking.measured ? { measured: ({ measured }) => measured } : {}),
    }),
  );
  await writeFileAtomic(`${name}.html`, await renderRankPage(ranking));
}

/**
 * Writes a screen as `NAME.csv` and `NAME.html`.
 *
 * @example
 * ```ts
 * const { screen } = await screenLibrary("runs/badger", "drugs.csv", "disease.csv", { cell: "A375" });
 * await writeScreen("screen", screen);
 * ```
 */
export async function writeScreen(name: string, screen: Screen): Promise<void> {
  await writeFileAtomic(
    `${name}.csv`,
    csvTable(screen.drugs, {
      rank: (_, at) => String(at + 1),
      name: ({ name }) => name,
      smiles: ({ smiles }) => smiles,
      reversal: ({ reversal }) => reversal,
      raised_genes_lowered: ({ upReversed }) => upReversed,
      lowered_genes_raised: ({ downReversed }) => downReversed,
      nearest_trained_drug: ({ nearest }) => nearest?.name,
      tanimoto: ({ nearest }) => nearest?.tanimoto.toPrecision(4),
    }),
  );
  await writeFileAtomic(`${name}.html`, await renderScreenPage(screen));
}
