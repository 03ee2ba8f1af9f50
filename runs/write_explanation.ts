import { float32Text } from "../datasets/readers/float32_text.ts";
import { saveSafetensors } from "../host/checkpoint/save_safetensors.ts";
import type { StoredTensor } from "../host/checkpoint/stored_tensor.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import type { GraphPath } from "../models/graph_explanation.ts";
import { pathwayShares } from "../report/explain/pathway_shares.ts";
import { renderExplainPage } from "../report/explain_page.ts";
import type { ExplanationReport } from "../report/asked.ts";
import { csvTable } from "./csv_table.ts";
import { system } from "../host/system.ts";

/**
 * Writes an explanation into a folder: `explanation.html`, tables of what the model has (`genes.csv`, `fragments.csv`,
 * `pathways.csv`, `routes.csv`, `pairs.csv`, `paths.csv`, `fidelity.csv`, `edges.csv`) and, where it has heads, `attention.safetensors` with every head's weights.
 * @example
 * ```ts
 * await writeExplanation("explanation", await explainPrediction("runs/badger", "vorinostat", { cell: "A375" }));
 * ```
 */
export async function writeExplanation(folder: string, report: ExplanationReport): Promise<void> {
  await system.mkdir(folder, { recursive: true });
  const tables = { genes, fragments, pathways, routes, pairs, paths, fidelity, edges };
  for (const [name, lines] of Object.entries(tables)) {
    const table = lines(report);
    if (table.length > 1) await writeFileAtomic(`${folder}/${name}.csv`, table);
  }
  const { explanation: { heads, fragments: parts, pathways: names, genes: symbols }, run, drug, cell } =
    report;
  if (heads.size > 0) {
    await saveSafetensors(`${folder}/attention.safetensors`, heads as Map<string, StoredTensor>, {
      format: "perturbine attention 1",
      axes:
        "heads, queries, keys; fragment keys are padded, the pseudo token is the last key of path_mab.1 and sign_mab.1",
      run,
      drug: drug.smiles,
      cell,
      fragments: JSON.stringify(parts.map(({ smiles }) => smiles)),
      pathways: JSON.stringify(names),
      genes: JSON.stringify(symbols),
    });
  }
  await writeFileAtomic(`${folder}/explanation.html`, await renderExplainPage(report));
}

function genes({ explanation: { genes, prediction } }: ExplanationReport): string[] {
  return csvTable(genes, { gene: (gene) => gene, score: (_, at) => float32Text(prediction[at]) });
}

function fragments({ explanation }: ExplanationReport): string[] {
  return csvTable(explanation.fragments, {
    fragment: ({ smiles }) => smiles,
    attention: ({ attention }) => attention,
    score_change_without: ({ effect }) => effect,
    atoms: ({ atoms }) => atoms.join(" "),
  });
}

function pathways({ explanation }: ExplanationReport): string[] {
  const known = new Set(explanation.knownPathways);
  return csvTable(
    pathwayShares(explanation),
    {
      pathway: ({ name }) => name,
      known: ({ name }) => known.has(name) ? "1" : "0",
      attention_on_drug: ({ onDrug }) => onDrug,
      attention_from_genes: ({ fromGenes }) => fromGenes,
    },
    explanation.fragments.map(({ smiles }, k) => [smiles, ({ toFragments }) => toFragments[k]]),
  );
}

function routes(
  { explanation: { fragments, pathways, genes, prediction }, routes: found }: ExplanationReport,
): string[] {
  return csvTable(found?.routes ?? [], {
    fragment: ({ fragment }) => fragments[fragment].smiles,
    pathway: ({ pathway }) => pathway === undefined ? "" : pathways[pathway],
    gene_asked: ({ source }) => genes[source],
    gene_predicted: ({ target }) => genes[target],
    score: ({ target }) => float32Text(prediction[target]),
    strength: ({ strength }) => strength,
  });
}

function pairs({ explanation }: ExplanationReport): string[] {
  return csvTable(explanation.pairs, {
    gene: ({ genes: [gene] }) => gene,
    other_gene: ({ genes: [, other] }) => other,
    score: ({ score }) => score,
    in_interaction_graph: ({ inGraph }) => inGraph ? "1" : "0",
  });
}

function paths({ explanation: { graph } }: ExplanationReport): string[] {
  const own = graph?.paths ?? [];
  const steps = Math.max(0, ...own.map(({ relations }) => relations.length));
  return csvTable(
    own,
    {
      drug: ({ nodes }) => nodes[0].name,
      contribution: ({ contribution }) => contribution,
      attention: ({ attention }) => attention,
    },
    Array.from({ length: steps }, (_, at) => at).flatMap((at) => [
      [`relation_${at + 1}`, ({ relations }: GraphPath) => relations[at] ?? ""],
      [`node_${at + 1}`, ({ nodes }: GraphPath) => nodes[at + 1]?.name ?? ""],
      [`id_${at + 1}`, ({ nodes }: GraphPath) => nodes[at + 1]?.id ?? ""],
    ]),
  );
}

function fidelity({ explanation: { graph } }: ExplanationReport): string[] {
  return csvTable(graph?.fidelity ?? [], {
    edges_deleted: ({ edges }) => String(edges),
    change_strongest: ({ strongest }) => strongest,
    change_random: ({ random }) => random,
    deviation_random: ({ deviation }) => deviation,
    draws: ({ draws }) => String(draws),
  });
}

/** Attention on every edge that the drug's state depends on, by head. */
function edges({ explanation: { graph } }: ExplanationReport): string[] {
  const rows = (graph?.attention ?? []).flatMap(({ weights, ...edge }) =>
    weights.map((weight, head) => ({ ...edge, head, weight }))
  );
  return csvTable(rows, {
    source: ({ source }) => source.name,
    relation: ({ relation }) => relation,
    destination: ({ destination }) => destination.name,
    layer: ({ layer }) => String(layer),
    head: ({ head }) => String(head),
    attention: ({ weight }) => weight,
  });
}
