import type { GeneRanking, Screen } from "./asked.ts";
import { countText, number } from "./kit/numbers.ts";

/** Two predictions that agree more than this say nearly the same. */
const alike = 0.9;
/** Drugs less similar than this have little in common. */
const similar = 0.4;

/** What must be known to judge a ranking, in sentences. */
export function rankingRemarks(ranking: GeneRanking): string[] {
  const { measured, meanAgreement, nearest, cell, cellTrained, arbitraryScale } = ranking;
  const remarks = [
    `Pearson ${number(meanAgreement, 2)} with the mean over the training rows: ${
      meanAgreement > alike
        ? "this is close to what the model would say of any drug"
        : "the rest is what the model makes of this drug and cell line"
    }.`,
  ];
  if (nearest) {
    remarks.push(
      nearest.tanimoto === 1
        ? `The drug, or one with the same fingerprint, was trained on (${nearest.name}).`
        : `The most similar drug of the training part is ${nearest.name} (Tanimoto ${
          number(nearest.tanimoto, 2)
        }).`,
    );
    if (nearest.tanimoto < similar && meanAgreement > alike) {
      remarks.push("It has no relative among them: this is close to the mean.");
    }
  }
  if (cell !== "") remarks.push(`${cell} was ${cellTrained ? "" : "not "}among the cell lines trained on.`);
  remarks.push(
    measured
      ? `Measured here ${measured.rows === 1 ? "once" : `${measured.rows} times`}, ${
        measured.trainedOn ? "and" : "not"
      } trained on: Pearson ${number(measured.pearson, 2)} between prediction and measurement.`
      : "There is no measurement of this drug in this cell line in the data.",
  );
  if (arbitraryScale) {
    remarks.push(
      "The model was trained by directions alone: the order of the scores counts, their size is chance.",
    );
  }
  return remarks;
}

/** What must be known to judge a screen, in sentences. */
export function screenRemarks({ drugs, genes, unknown, likeness, trainingMean }: Screen): string[] {
  const known = drugs.flatMap(({ nearest }) => nearest ? [nearest] : []);
  const remarks = [
    `${countText(genes)} genes of the signature are known to the model, ${
      countText(unknown.length)
    } are not.`,
    `Predictions of two drugs of the library have a mean Pearson of ${number(likeness, 2)}${
      likeness > alike ? ": the order rests on small differences" : ""
    }.`,
    `A drug of which nothing is known, the mean over the training rows, scores ${
      number(trainingMean, 3)
    }; the best drug ${number(drugs[0]?.reversal, 3)}.`,
  ];
  if (known.length === 0) return remarks;
  const far = known.filter(({ tanimoto }) => tanimoto < similar).length;
  return [
    ...remarks,
    `${far} of ${drugs.length} drugs have no drug in the training part with a Tanimoto similarity of ${similar} or more.`,
  ];
}
