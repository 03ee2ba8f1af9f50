import { fileURLToPath } from "node:url";

/** Commit of the working tree that this file lies in, with "+" where it holds changes; undefined without git. */
export async function workingCommit(): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["describe", "--always", "--abbrev=10", "--exclude=*", "--dirty=+"],
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() || undefined : undefined;
  } catch {
    return undefined;
  }
}
