import { join } from "node:path";
import { writePretrainingFolder } from "../readers/write_data_folder.ts";
import type { PretrainingData } from "../types.ts";
import { anchorFiles, type AnchorRow, writeAnchorFile } from "./anchor_files.ts";
import { graphFile, type StoredGraph, writeGraphFile } from "./graph_file.ts";

/** What a folder of the layout `knowledge-graph` holds. */
export interface KnowledgeFolder extends StoredGraph {
  readonly rows: Omit<PretrainingData, "folder">;
  readonly drugs: readonly AnchorRow[];
  readonly cells: readonly AnchorRow[];
}

/** Writes a folder of the layout `knowledge-graph`, created if need be, each file atomically. */
export async function writeKnowledgeFolder(
  folder: string,
  { rows, drugs, cells, ...stored }: KnowledgeFolder,
): Promise<void> {
  await writePretrainingFolder(folder, rows);
  await writeGraphFile(join(folder, graphFile), stored);
  await writeAnchorFile(join(folder, anchorFiles[0]), drugs);
  await writeAnchorFile(join(folder, anchorFiles[1]), cells);
}
