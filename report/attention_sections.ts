import { medianInPlace } from "../datasets/statistics/robust_z.ts";
import type { AttentionStudy, DrugAttention, MapPair, StrongestPairs } from "./attention_study.ts";
import type { Analysis, AnalysisSection } from "./analysis_page.ts";
import { colour, draw } from "./kit/draw.ts";
import type { Markup } from "./kit/markup.ts";
import { counted, countText, number, pText } from "./kit/numbers.ts";
import type { TextTable } from "./kit/text_table.ts";

const listed = 10;
/** A set counts as found below it, after adjustment. */
const level = 0.05;

/** The page of an attention study. */
export async function attentionAnalysis(study: AttentionStudy): Promise<Analysis> {
  const { drugs, maps, genes, top, potentShare } = study;
  const found = drugs.map(({ drug, sets }) =>
    `${drug} ${sets.filter(({ adjusted }) => adjusted < level).length}`
  );
  const sections: AnalysisSection[] = [];
  for (const drug of drugs) {
    sections.push({
      title: drug.drug,
      text: `Mean map over ${counted(drug.samples, "test sample")}. The ${countText(top)} strongest pairs (${
        shareInGraph(drug)
      }) hold ${drug.genes} of ${
        countText(genes.length)
      } genes. Below: the map among the genes that occur most often in them, then gene sets.`,
      figure: drug.heat && await heatFigure(drug.drug, drug.heat),
      table: setTable(drug),
    });
    if (drug.potent) {
      sections.push({
        title: `${drug.drug}, potent`,
        text: `The same over the ${counted(drug.potent.samples, "sample")} of lowest response (${
          Math.round(100 * potentShare)
        } %): ${drug.potent.genes} genes.`,
        table: setTable(drug.potent),
      });
    }
  }
  if (maps.length > 0) sections.push(correlationSection(maps));
  return {
    title: study.title,
    sentence: `Gene sets enriched among the genes of the strongest pairs (adjusted p below ${level}): ${
      found.join(", ")
    }. ${mechanismSentence(maps)}`,
    sections,
    notes: study.notes,
    method:
      `Attention maps of the samples of a drug in the test part, in evaluation mode, averaged (Bang, Koo and Kim 2024); the ${top} highest ` +
      "unordered pairs of different genes; their genes against gene sets by the hypergeometric upper tail over the genes of the model, " +
      "adjusted after Benjamini and Hochberg. A pair that interacts in the graph has 1 added to it by construction.",
    provenance: [
      ["run", study.run],
      ["split", study.split],
      ["seed", String(study.seed)],
      ["data", study.fingerprint],
    ],
    command: study.command,
  };
}

/** What maps of one mechanism share that others do not. */
function mechanismSentence(maps: readonly MapPair[]): string {
  const [same, other] = (["same", "different"] as const).map((kind) =>
    maps.filter(({ mechanism }) => mechanism === kind).map(({ full }) => full)
  );
  if (same.length === 0 || other.length === 0) {
    return "Whether maps of one mechanism are more alike cannot be told: no drugs of the same and of different ones are here.";
  }
  return `Maps of the same mechanism correlate ${
    number(medianInPlace(Float64Array.from(same)))
  }, of different ones ${number(medianInPlace(Float64Array.from(other)))} (medians).`;
}

function correlationSection(maps: readonly MapPair[]): AnalysisSection {
  return {
    title: "How alike the maps are",
    text:
      "Pearson correlation of two mean maps over all entries and without the diagonal; the interaction graph is part of every map and raises " +
      "the correlation, so that it is given without it, too.",
    table: {
      textColumns: 2,
      head: ["drugs", "mechanism", "full", "off-diagonal", "without graph", "off-diagonal without graph"],
      body: maps.map(({ drugs, mechanism, full, offDiagonal, withoutGraph, offDiagonalWithoutGraph }) => [
        drugs.join(" and "),
        mechanism,
        ...[full, offDiagonal, withoutGraph, offDiagonalWithoutGraph].map((value) => number(value)),
      ]),
    },
  };
}

function shareInGraph({ pairs }: StrongestPairs): string {
  return `${pairs.filter(({ inGraph }) => inGraph).length} of them in the interaction graph`;
}

function setTable({ sets }: StrongestPairs): TextTable {
  return {
    textColumns: 1,
    head: ["gene set", "genes", "found", "p", "adjusted p", "which"],
    body: sets.slice(0, listed).map(({ name, size, genes, p, adjusted }) => [
      name,
      String(size),
      String(genes.length),
      pText(p),
      pText(adjusted),
      genes.slice(0, 8).join(" ") + (genes.length > 8 ? " ..." : ""),
    ]),
  };
}

/** A map among a few genes. */
async function heatFigure(
  drug: string,
  { genes, values }: NonNullable<DrugAttention["heat"]>,
): Promise<Markup> {
  const n = genes.length;
  const cells = values.flatMap((value, at) => {
    const i = Math.floor(at / n), j = at % n;
    return i === j ? [] : [{ gene: genes[i], other: genes[j], value }];
  });
  const axis = { type: "nominal" as const, sort: [...genes], title: null };
  return await draw(`Attention of ${drug}`, {
    width: 14 * n,
    height: 14 * n,
    data: { values: cells },
    mark: "rect",
    encoding: {
      x: { field: "other", ...axis, axis: { labelAngle: -60, labelFontSize: 9 } },
      y: { field: "gene", ...axis, axis: { labelFontSize: 9 } },
      color: {
        field: "value",
        type: "quantitative",
        title: "score",
        // Blue below zero, orange above it.
        scale: { domainMid: 0, range: ["#2f6db3", "#f4f5f7", "#d26a1e"], interpolate: "rgb" },
        legend: { titleColor: colour.muted },
      },
    },
  });
}
