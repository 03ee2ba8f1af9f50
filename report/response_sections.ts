import type { EnrichedSet } from "../datasets/statistics/enrichment.ts";
import type { Analysis } from "./analysis_page.ts";
import { number, pText } from "./kit/numbers.ts";
import type { TextTable } from "./kit/text_table.ts";

/** What a page needs of one drug: see `studyResponseChanges`. */
export interface ShownChanges {
  readonly drug: string;
  readonly sensitive: number;
  readonly resistant: number;
  readonly genes: readonly {
    readonly gene: string;
    readonly difference: number;
    readonly adjusted: number;
  }[];
  readonly up: readonly EnrichedSet[];
  readonly down: readonly EnrichedSet[];
  readonly distance: {
    readonly sensitive: number;
    readonly resistant: number;
    readonly test: { readonly t: number; readonly p: number };
  };
}

/** Run, data and command of an analysis. */
export type Made = Pick<Analysis, "title" | "provenance" | "command" | "notes">;

const level = 0.05;

/** Genes and gene sets of sensitive against resistant samples. */
export function degAnalysis(drugs: readonly ShownChanges[], made: Made): Analysis {
  const changed = ({ genes }: ShownChanges, sign: 1 | -1) =>
    genes.filter(({ adjusted, difference }) => adjusted < level && sign * difference > 0).length;
  return {
    ...made,
    sentence:
      `Genes whose predicted expression differs between sensitive and resistant samples (adjusted p below ${level}): ${
        drugs.map((drug) => `${drug.drug} ${changed(drug, 1)} higher, ${changed(drug, -1)} lower`).join("; ")
      }.`,
    sections: drugs.flatMap((drug) => [
      {
        title: drug.drug,
        text:
          `${drug.sensitive} sensitive against ${drug.resistant} resistant samples, by measured ln IC50. The genes of smallest p:`,
        table: {
          head: ["gene", "sensitive less resistant", "adjusted p"],
          body: drug.genes.slice(0, 10).map((
            { gene, difference, adjusted },
          ) => [gene, number(difference), pText(adjusted)]),
        },
      },
      ...(["up", "down"] as const).flatMap((way) =>
        drug[way].length === 0 ? [] : [{
          title: `${drug.drug}: gene sets that go ${way}`,
          text: "Five of smallest p.",
          table: setTable(drug[way].slice(0, 5)),
        }]
      ),
    ]),
    method:
      "Profiles after 10 µM and 72 h, predicted by a network that was trained on profiles alone, from the basal profile of each sample of the " +
      "response screen; those of lowest against those of highest measured response of a drug: Welch's t-test a gene, adjusted after Benjamini " +
      "and Hochberg, and gene sets by the hypergeometric tail among genes with an adjusted p below 0.05. Samples of one cell line differ in " +
      "their basal profile too: a difference of predicted profiles is not an effect of the drug alone.",
  };
}

/** Whether profiles of sensitive samples are predicted to move farther. */
export function zeroshotAnalysis(drugs: readonly ShownChanges[], made: Made): Analysis {
  const farther = drugs.filter(({ distance }) => distance.test.p < level).length;
  const means = drugs.filter(({ distance }) => distance.sensitive > distance.resistant).length;
  return {
    ...made,
    sentence:
      `Sensitive samples are predicted to move farther (one-sided p below ${level}) for ${farther} of ${drugs.length} drugs; about ${
        number(level * drugs.length, 1)
      } would be by chance. Their mean distance is the larger one for ${means}.`,
    sections: [{
      title: "Distances",
      text: "Mean Euclidean distance of basal and predicted profile.",
      table: {
        head: ["drug", "sensitive", "resistant", "distance", "distance, resistant", "t", "p"],
        body: drugs.toSorted((a, b) => a.distance.test.p - b.distance.test.p).map((
          { drug, sensitive, resistant, distance },
        ) => [
          drug,
          String(sensitive),
          String(resistant),
          number(distance.sensitive),
          number(distance.resistant),
          number(distance.test.t),
          pText(distance.test.p),
        ]),
      },
    }],
    method:
      "Distances between basal profile and predicted profile after 10 µM and 72 h, by a network that has seen no response; samples of the " +
      "lowest against those of the highest measured response of each drug, Welch's t-test, one-sided. P-values are not adjusted over drugs.",
  };
}

function setTable(sets: readonly EnrichedSet[]): TextTable {
  return {
    head: ["gene set", "genes", "found", "adjusted p"],
    body: sets.map((
      { name, size, genes, adjusted },
    ) => [name, String(size), String(genes.length), pText(adjusted)]),
  };
}
