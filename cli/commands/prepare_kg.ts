import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import Table from "cli-table3";
import type { EmbeddingFile } from "../../datasets/knowledge_graph/read_embeddings.ts";
import {
  type PreparedKnowledge,
  prepareKnowledgeGraph,
} from "../../datasets/knowledge_graph/prepare_knowledge_graph.ts";
import { wholeNumber } from "../flags/words.ts";
import { readingDisplay } from "../reading_display.ts";
import { processTerminal } from "../terminal.ts";

const help = `
The rows stay as they are; their drugs, genes and cell lines become nodes of the graph, or are found in it. Of the rows only
structures, names, cell lines and untreated profiles are looked at: no edge or feature is made from a treated profile. merge.json
lists what matched and what did not.

Examples:
  perturbine prepare kg --primekg kg.csv --l1000 data/a375 --out data/a375-kg --drug-ids "drugbank vocabulary.csv"
  perturbine prepare kg --primekg nodes.csv edges.csv --l1000 data/a375 --out data/a375-kg --features gene/protein=genes.npy
  perturbine prepare kg --l1000 data/a375 --out data/a375-small --targets repurposing_drugs.txt --gene-sets hallmark.gmt \\
    --ppi STRING_edges.csv`;

/** \`perturbine prepare kg\`: rows of L1000 on a knowledge graph. */
export function prepareKgCommand() {
  return new Command("kg")
    .description(
      "Put a folder of profiles on a knowledge graph: PrimeKG's own files, known targets, gene sets, interactions",
    )
    .requiredOption("--l1000 <dir>", "folder of profiles: condition_table.csv, gex_DMSO.csv, gex_comp.csv")
    .requiredOption("--out <dir>", "folder to write")
    .option("--force", "replace the folder")
    .optionsGroup("Graph:")
    .option("--primekg <file...>", "kg.csv, or nodes.csv and edges.csv (doi:10.7910/DVN/IXA7BM)")
    .option(
      "--targets <file...>",
      "targets of drugs: the Drug Repurposing Hub's table, or a CSV of drug and gene",
    )
    .option("--gene-sets <file...>", "gene sets (GMT), which become pathways")
    .option("--ppi <file...>", "interactions of genes: CSV of source and target, such as STRING_edges.csv")
    .option(
      "--cell-edges <n>",
      "edges of each cell line to the genes it expresses most above the mean line (0)",
      wholeNumber(0),
      0,
    )
    .optionsGroup("Names:")
    .option(
      "--drug-ids <file>",
      "CSV of DrugBank ids with InChIKeys and synonyms (DrugBank's open vocabulary)",
    )
    .option("--gene-ids <file>", "CSV of symbol and entrez_id, by which genes are found first")
    .optionsGroup("Node features:")
    .option(
      "--features <type=file...>",
      "vectors of nodes by id or name: CSV, Parquet, .npy or .safetensors with FILE.ids.txt",
      embeddingFile,
    )
    .option("--skip-unknown", "leave vectors of nodes out that the graph does not have")
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async ({ l1000, out, ppi, json, ...flags }) => {
      const terminal = processTerminal();
      const display = readingDisplay(terminal);
      const prepared = await prepareKnowledgeGraph({
        ...flags,
        rows: l1000,
        output: out,
        interactions: ppi,
        onProgress: (progress) => display.show(progress),
      }).finally(() => display.stop());
      if (json) return console.log(JSON.stringify({ output: out, ...prepared }));
      print(out, prepared);
    });
}

function print(
  out: string,
  { nodes, edges, relations, drugs, genes, cells, features, notes }: PreparedKnowledge,
): void {
  const table = new Table({ style: { head: [], border: [], compact: true }, colAligns: ["left", "right"] });
  for (const [name, count] of Object.entries(relations).sort((a, b) => b[1] - a[1])) {
    table.push([name, count]);
  }
  console.log(table.toString());
  const counts = Map.groupBy(drugs, ({ how }) => how);
  console.log(
    `${drugs.length} drugs of the rows: ${
      [...counts].map(([how, some]) => `${some.length} ${words[how]}`).join(", ")
    }`,
  );
  console.log(
    `${genes.known} landmark genes were in the graph, ${genes.added} genes were added; ${cells} cell lines`,
  );
  for (const { type, file, nodes: count, unknown } of features) {
    console.log(
      `${file}: vectors of ${count} nodes of ${type}${
        unknown > 0 ? `, ${unknown} of unknown nodes left out` : ""
      }`,
    );
  }
  for (const note of notes) console.log(note);
  console.log(`${out}: ${nodes} nodes, ${edges} directed edges; merge.json lists every drug`);
}

const words = {
  InChIKey: "found by InChIKey",
  synonym: "by a synonym",
  name: "by name",
  new: "new",
  taken: "new, because another drug of the rows is that node",
} as const;

function embeddingFile(word: string, before: readonly EmbeddingFile[] = []): readonly EmbeddingFile[] {
  const at = word.indexOf("=");
  if (at < 1 || at === word.length - 1) {
    throw new InvalidArgumentError(
      "Expected the type of the nodes and a file, such as gene/protein=genes.csv.",
    );
  }
  return [...before, { type: word.slice(0, at), file: word.slice(at + 1) }];
}
