import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { csvLine } from "../readers/csv_line.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";

/** Which node a drug (by SMILES) or cell line (by name) is. */
export interface AnchorRow {
  /** As the condition table writes it. */
  readonly text: string;
  /** Number of the node in the graph. */
  readonly node: number;
  /** How it was found: `InChIKey`, `name`, `new`, ... */
  readonly how: string;
}

/** Files of drugs and of cell lines beside the graph. */
export const anchorFiles = ["drug_nodes.csv", "cell_nodes.csv"] as const;

/** Reads such a file. @throws {UserError} when it is missing or faulty. */
export async function readAnchorFile(path: string): Promise<AnchorRow[]> {
  const rows: AnchorRow[] = [];
  let text = 0, node = 0, how = 0;
  await readCsv(path, {
    header(columns) {
      text = requireColumn(path, columns, "text");
      node = requireColumn(path, columns, "node");
      how = requireColumn(path, columns, "how");
    },
    row(cells, place) {
      if (!/^\d+$/.test(cells[node])) {
        throw new RowError(
          `${placeText(place)}, column node: found ${
            quoteValue(cells[node])
          }, expected the number of a node.`,
        );
      }
      rows.push({ text: cells[text], node: Number(cells[node]), how: cells[how] });
    },
  });
  return rows;
}

/** Writes such a file. */
export async function writeAnchorFile(path: string, rows: readonly AnchorRow[]): Promise<void> {
  await writeFileAtomic(path, [
    csvLine(["text", "node", "how"]),
    ...rows.map(({ text, node, how }) => csvLine([text, String(node), how])),
  ]);
}
