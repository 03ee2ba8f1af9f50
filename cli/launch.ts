/**
 * Starts a program with a WebGPU adapter: `launch.ts DENO_ARGUMENTS...` runs `deno DENO_ARGUMENTS...` as a child under
 * the environment in which Deno finds the system's adapter, or a software driver unpacked from npm where there is none.
 * The driver is chosen by variables that must be set before a process starts, hence the child.
 *
 * Source: stack.md section 2.
 */
import { fileURLToPath } from "node:url";
import { type AdapterChoice, chooseAdapter } from "./launcher/choose_adapter.ts";
import { runChild } from "./launcher/run_child.ts";

/** Commands that work without an adapter, or explain why there is none: they start anyway, and say nothing of it. */
const needNone = ["convert", "doctor"];
const helpWords = ["--help", "-h", "help", "--version", "-V"];

const words = Deno.args.slice(Deno.args.findIndex((argument) => argument.endsWith(".ts")) + 1);
const indifferent = needNone.includes(words[0]) || words.some((word) => helpWords.includes(word));
const cache = fileURLToPath(new URL("../.cache", import.meta.url));

try {
  const { environment, line } = await choose();
  // On the error stream, so that --json output stays clean.
  if (!indifferent) console.error(line);
  Deno.exit(await runChild(Deno.args, environment));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(1);
}

async function choose(): Promise<AdapterChoice> {
  try {
    return await chooseAdapter(cache);
  } catch (error) {
    if (indifferent) return { environment: {}, line: "" };
    throw error;
  }
}
