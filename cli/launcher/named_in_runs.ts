import { join, resolve } from "node:path";
import { jsonOf } from "../../host/json_text.ts";

/** Runs lie at most so deep in a folder of runs: OUT/fold-3/seed-42. */
const deepest = 3;
/** Longest configuration or list of tasks that is looked into, in bytes. */
const longest = 1 << 24;

/**
 * Files and folders that runs were made from: their data, interactions, split, targets, start parameters, as their `config.json`
 * or a list of tasks has them.
 * The program decides what a configuration means; here only its fields for paths are read, whatever its format.
 *
 * @param paths run folders, folders of runs, configurations, data folders; others give nothing
 */
export async function namedInRuns(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>(), seen = new Set<string>();
  const visit = async (path: string, depth: number): Promise<void> => {
    if (depth > deepest || seen.has(path) || seen.size > 10_000) return;
    seen.add(path);
    const stat = await Deno.stat(path).catch(() => undefined);
    if (stat?.isFile && path.endsWith(".json") && stat.size <= longest) {
      const json = await readJson(path);
      for (const config of [json, fields(json).of, ...configsOf(json)]) {
        for (const named of pathsOf(config)) {
          found.add(named);
          await visit(named, depth + 1);
        }
      }
    }
    if (!stat?.isDirectory) return;
    // Where interactions are looked for when a data folder has none.
    for (const place of ["..", "../../csg2a"]) found.add(join(path, place, "STRING_edges.csv"));
    const entries = await Array.fromAsync(Deno.readDir(path)).catch(() => []);
    const isThere = (wanted: string) => entries.some(({ name }) => name === wanted);
    if (isThere("tasks.json")) await visit(join(path, "tasks.json"), depth);
    if (isThere("config.json")) return await visit(join(path, "config.json"), depth);
    for (const { name, isFile } of entries) if (!isFile) await visit(join(path, name), depth + 1);
  };
  for (const path of paths) await visit(path, 0);
  return [...found];
}

async function readJson(path: string): Promise<unknown> {
  try {
    return jsonOf(await Deno.readFile(path));
  } catch {
    return undefined;
  }
}

/** Configurations in a list of tasks; none where there is no such list. */
function configsOf(list: unknown): unknown[] {
  const { tasks } = fields(list);
  return Array.isArray(tasks) ? tasks.map((task) => fields(task).config) : [];
}

/** Fields of a configuration that can hold a path, in all its formats. */
function pathsOf(config: unknown): string[] {
  const { data, reading, settings, molecules, ppi, split, from, clusters } = fields(config);
  const candidates = [
    fields(data).folder,
    fields(split).file,
    fields(split).targets,
    fields(ppi).edges,
    fields(molecules).conformers,
    fields(settings).targets,
    from,
    clusters, // of a study's list of tasks
    ...Object.values(fields(reading)),
  ];
  return candidates.filter((value) => typeof value === "string" && value !== "").map((value) =>
    resolve(value as string)
  );
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
