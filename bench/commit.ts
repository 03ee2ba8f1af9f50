import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Commit of the working tree that this file lies in, with "+" where it held changes; undefined without git. */
export async function workingCommit(): Promise<string | undefined> {
  // A packed copy (`gpu-survey --pack`) is no repository and carries its commit in a file.
  const packed = await Deno.readTextFile(`${root}commit.txt`).catch(() => undefined);
  if (packed !== undefined) return packed.trim();
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["describe", "--always", "--abbrev=10", "--exclude=*", "--dirty=+"],
      cwd: root,
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() || undefined : undefined;
  } catch {
    return undefined;
  }
}
