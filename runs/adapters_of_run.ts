import { runtimeName } from "../engine/mod.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { system } from "../host/system.ts";

/**
 * Writes down in a run's `adapters.txt` on what this process trains, one line a change.
 *
 * @param adapter the adapter's description
 * @returns what to tell people when an earlier process trained on something else
 */
export async function noteAdapter(run: string, adapter: string): Promise<string | undefined> {
  const path = `${run}/adapters.txt`;
  const lines = (await system.readTextFile(path).catch(() => "")).split("\n").filter((line) => line !== "");
  const now = `${adapter}, ${runtimeName()}`;
  const before = lines.at(-1);
  if (before === now) return undefined;
  await writeFileAtomic(path, [...lines, now].join("\n") + "\n");
  if (before === undefined) return undefined;
  return `This run began on ${before} and goes on on ${now}: it will not end in the same bytes as on one of them.`;
}
