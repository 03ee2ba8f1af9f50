import { fileURLToPath } from "node:url";

/**
 * Test files below a folder, sorted.
 * @param parts when given, only files that have one of these in their path
 * @returns paths relative to the checkout, such as `tests/host/checkpoint_test.ts`
 */
export async function discoverTests(folder: URL, parts: readonly string[] = []): Promise<string[]> {
  const files: string[] = [];
  const visit = async (directory: string, prefix: string) => {
    for await (const entry of Deno.readDir(directory)) {
      if (entry.isDirectory) await visit(`${directory}/${entry.name}`, `${prefix}/${entry.name}`);
      else if (entry.name.endsWith("_test.ts")) files.push(`${prefix}/${entry.name}`);
    }
  };
  await visit(fileURLToPath(folder).replace(/[/\\]$/, ""), "tests");
  return files.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part))).sort();
}
