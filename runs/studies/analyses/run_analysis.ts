import { attentionAnalysis } from "../../../report/attention_sections.ts";
import type { Analysis } from "../../../report/analysis_page.ts";
import { degAnalysis, zeroshotAnalysis } from "../../../report/response_sections.ts";
import type { StrongestPairs } from "../../../report/attention_study.ts";
import { csvTable } from "../../csv_table.ts";
import { patientAnalysis } from "../../../report/patient_sections.ts";
import { studyPatients } from "./patients.ts";
import { studyAttention } from "./attention.ts";
import { studyResponseChanges } from "./response_changes.ts";
import { writeAnalysis } from "./write_analysis.ts";
import { UserError } from "../../../datasets/user_error.ts";

/** A study that looks at a finished run. */
export interface AnalysisWish {
  /** What to look at: attention maps, predicted expression, distances of cells and patients, predictions for patients. */
  readonly kind: "attention" | "deg" | "zeroshot" | "tcga";
  /** Of the page. */
  readonly title: string;
  /** All but tcga look at it. */
  readonly run?: string;
  /** Folder for the page, tables and figures. */
  readonly out: string;
  /** Of responses, for deg and zeroshot; predictions for patients, for tcga. */
  readonly data?: string;
  /** By name. */
  readonly drugs?: readonly string[];
  /** Files of gene sets. */
  readonly gmt?: readonly string[];
  /** Table of drugs and their targets or mechanisms. */
  readonly clusters?: string;
  /** Strongest pairs of genes, or genes. */
  readonly top?: number;
  /** Of a drug's samples: potent ones, sensitive and resistant ones. */
  readonly share?: number;
  /** As typed, for the page. */
  readonly command?: string;
}

/** Looks, and writes the page and tables. @throws {UserError} when something that the kind needs is not given. */
export async function runAnalysis(wish: AnalysisWish): Promise<Analysis> {
  const { kind, title, run, out, data, drugs, gmt, clusters, top, share, command = "" } = wish;
  if (kind === "tcga") return await patientStudy(wish);
  if (run === undefined) throw new UserError(`The study ${kind} looks at a finished run; give --run RUN.`);
  if (kind === "attention") {
    if (!drugs || !gmt) {
      throw new UserError("The attention study needs drugs and gene sets; give --drugs and --gmt FILE.");
    }
    const study = await studyAttention({
      run,
      drugs,
      gmt,
      clusters,
      top,
      potentShare: share,
      title,
      command,
    });
    const analysis = await attentionAnalysis(study);
    const tables = Object.fromEntries(study.drugs.flatMap((drug) => [
      ...tablesOf(drug.drug, drug),
      ...(drug.potent ? tablesOf(`${drug.drug}-potent`, drug.potent) : []),
    ]));
    const maps = csvTable(study.maps, {
      drug: ({ drugs: [drug] }) => drug,
      other_drug: ({ drugs: [, drug] }) => drug,
      mechanism: ({ mechanism }) => mechanism,
      full: ({ full }) => full,
      off_diagonal: ({ offDiagonal }) => offDiagonal,
      without_graph: ({ withoutGraph }) => withoutGraph,
      off_diagonal_without_graph: ({ offDiagonalWithoutGraph }) => offDiagonalWithoutGraph,
    });
    await writeAnalysis(out, analysis, { values: study, tables: { ...tables, map_correlations: maps } });
    return analysis;
  }
  if (data === undefined) {
    throw new UserError(`The study ${kind} needs a folder of responses; give --data DIR.`);
  }
  const { drugs: found, skipped, responses } = await studyResponseChanges({ run, data, drugs, gmt, share });
  const made = {
    title,
    command,
    notes: skipped > 0
      ? [`${skipped} drugs have too few samples at either end of the response and are left out.`]
      : [],
    provenance: [["run", run], ["responses", responses.source], ["data", responses.fingerprint]] as const,
  };
  const analysis = kind === "deg" ? degAnalysis(found, made) : zeroshotAnalysis(found, made);
  const distances = csvTable(found, {
    drug: ({ drug }) => drug,
    sensitive: ({ sensitive }) => String(sensitive),
    resistant: ({ resistant }) => String(resistant),
    distance_sensitive: ({ distance }) => distance.sensitive,
    distance_resistant: ({ distance }) => distance.resistant,
    t: ({ distance }) => distance.test.t,
    p: ({ distance }) => distance.test.p,
  });
  const genes = kind === "zeroshot" ? {} : Object.fromEntries(found.map(({ drug, genes }) => [
    `${drug}-genes`,
    csvTable(genes, {
      gene: ({ gene }) => gene,
      difference: ({ difference }) => difference,
      p: ({ p }) => p,
      adjusted_p: ({ adjusted }) => adjusted,
    }),
  ]));
  await writeAnalysis(out, analysis, { values: found, tables: { distances, ...genes } });
  return analysis;
}

async function patientStudy({ title, out, data, command = "" }: AnalysisWish): Promise<Analysis> {
  if (data === undefined) {
    throw new UserError(
      "The study tcga needs predictions for patients; give --data FILE, made by `predict` of patients.csv.",
    );
  }
  const { drugs, left } = await studyPatients(data);
  const analysis = await patientAnalysis(drugs, {
    title,
    command,
    notes: left > 0 ? [`${left} drugs have too few responders or others and are left out.`] : [],
    provenance: [["predictions", data]],
  });
  const table = csvTable(drugs, {
    drug: ({ drug }) => drug,
    responders: ({ responders }) => String(responders.length),
    others: ({ others }) => String(others.length),
    t: ({ student }) => student.t,
    p: ({ student }) => student.p,
    p_welch: ({ welch }) => welch.p,
  });
  await writeAnalysis(out, analysis, { values: drugs, tables: { drugs: table } });
  return analysis;
}

function tablesOf(name: string, { pairs, sets }: StrongestPairs): [string, string[]][] {
  return [
    [
      `${name}-pairs`,
      csvTable(pairs, {
        gene: ({ genes: [gene] }) => gene,
        other_gene: ({ genes: [, gene] }) => gene,
        score: ({ score }) => score,
        in_interaction_graph: ({ inGraph }) => inGraph ? "1" : "0",
      }),
    ],
    [
      `${name}-sets`,
      csvTable(sets, {
        gene_set: ({ name }) => name,
        genes: ({ size }) => String(size),
        found: ({ genes }) => String(genes.length),
        p: ({ p }) => p,
        adjusted_p: ({ adjusted }) => adjusted,
        which: ({ genes }) => genes.join(" "),
      }),
    ],
  ];
}
