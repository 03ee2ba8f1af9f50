/**
 * Starts a program with a WebGPU adapter: `launch.ts DENO_ARGUMENTS...` runs `deno DENO_ARGUMENTS...` as a child under
 * the environment in which Deno finds the system's adapter, or a software driver unpacked from npm where there is none.
 * The driver is chosen by variables that must be set before a process starts, hence the child. `--backend dawn` anywhere
 * in the arguments starts it on Dawn instead of Deno's own WebGPU.
 *
 * Source: stack.md section 2.
 */
import { fileURLToPath } from "node:url";
import { dawnVariable, withDawn } from "../host/dawn/dawn.ts";
import { type BackendName, takeBackend } from "./launcher/backend_option.ts";
import type { AdapterChoice } from "./launcher/adapter_choice.ts";
import { chooseAdapter } from "./launcher/choose_adapter.ts";
import { runChild } from "./launcher/run_child.ts";

/** Words after which no adapter is looked for, let alone fetched. */
const needNone = ["convert", "--help", "-h", "help", "--version", "-V"];

const cache = fileURLToPath(new URL("../.cache", import.meta.url));

try {
  const { backend, rest } = takeBackend(Deno.args);
  const { environment, line } = await choose(
    rest.slice(rest.findIndex((word) => word.endsWith(".ts")) + 1),
    backend,
  );
  // The option decides, not what this process was started from.
  Deno.env.delete(dawnVariable);
  // On the error stream, so that --json output stays clean.
  if (line) console.error(line);
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
  Deno.exit(await runChild(withDawn(rest), environment));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(1);
}

async function choose(words: readonly string[], backend: BackendName): Promise<AdapterChoice> {
  if (needNone.includes(words[0]) || words.some((word) => word.startsWith("-") && needNone.includes(word))) {
    return { environment: {}, line: "" };
  }
  const choice = chooseAdapter(cache, backend);
  if (words[0] !== "doctor") return await choice;
  // Doctor describes the adapter itself, and explains why there is none; but not why Dawn, when asked for, cannot be had.
  const found = backend === "dawn" ? await choice : await choice.catch(() => undefined);
  return { environment: {}, ...found, line: "" };
}
