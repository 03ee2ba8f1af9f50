import { csvLine } from "../datasets/readers/csv_line.ts";
import { float32Text } from "../datasets/readers/float32_text.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import type { GeneRanking } from "../report/gene_ranking.ts";
import { renderRankPage } from "../report/rank_page.ts";
import type { Screen } from "../report/screen.ts";
import { renderScreenPage } from "../report/screen_page.ts";

/**
 * Writes a ranking as `NAME.csv` and `NAME.html`.
 *
 * @example
 * ```ts
 * await writeRanking("vorinostat", await rankGenes("runs/badger", "vorinostat", { cell: "A375" }));
 * ```
 */
export async function writeRanking(name: string, ranking: GeneRanking): Promise<void> {
  const measured = ranking.measured !== undefined;
  await writeFileAtomic(`${name}.csv`, [
    csvLine(["gene", "rank", "score", "training_mean", ...(measured ? ["measured"] : [])]),
    ...ranking.genes.map(({ gene, rank, score, trainingMean, measured: value }) =>
      csvLine([
        gene,
        String(rank),
        float32Text(score),
        trainingMean.toPrecision(6),
        ...(value === undefined ? [] : [value.toPrecision(6)]),
      ])
    ),
  ]);
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
  await writeFileAtomic(`${name}.csv`, [
    csvLine([
      "rank",
      "name",
      "smiles",
      "reversal",
      "raised_genes_lowered",
      "lowered_genes_raised",
      "nearest_trained_drug",
      "tanimoto",
    ]),
    ...screen.drugs.map(({ name: drug, smiles, reversal, upReversed, downReversed, nearest }, at) =>
      csvLine([
        String(at + 1),
        drug,
        smiles,
        ...[reversal, upReversed, downReversed].map((value) => value.toPrecision(6)),
        nearest?.name ?? "",
        nearest?.tanimoto.toPrecision(4) ?? "",
      ])
    ),
  ]);
  await writeFileAtomic(`${name}.html`, await renderScreenPage(screen));
}
