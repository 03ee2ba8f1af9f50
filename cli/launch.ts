/**
 * Starts a program with a WebGPU adapter: `launch.ts DENO_ARGUMENTS...` runs `deno DENO_ARGUMENTS...` as a child under
 * the environment in which Deno finds the system's adapter, or a software driver unpacked from npm where there is none.
 * The driver is chosen by variables that must be set before a process starts, hence the child. `--backend dawn` anywhere
 * in the arguments starts it on Dawn instead of Deno's own WebGPU.
 *
 * Source: stack.md section 2.
 */
import { fileURLToPath } from "node:url";
import { driverCalled, vulkanDrivers } from "../host/vulkan_drivers.ts";
import { dawnVariable, withDawn } from "../host/dawn/dawn.ts";
import { libraryVariable } from "../runs/mpi/library.ts";
import { type BackendName, takeAdapter, takeBackend } from "./launcher/backend_option.ts";
import type { AdapterChoice } from "./launcher/adapter_choice.ts";
import { isScoped, permissionsFor } from "./launcher/permissions.ts";
import { chooseAdapter } from "./launcher/choose_adapter.ts";
import { mpiOfLauncher } from "./launcher/mpi_of_launcher.ts";
import { runChild } from "./launcher/run_child.ts";

/** Words after which no adapter is looked for, let alone fetched. */
const needNone = ["convert", "--help", "-h", "help", "--version", "-V"];

const cache = fileURLToPath(new URL("../.cache", import.meta.url));

try {
  const { backend, rest: typed } = takeBackend(Deno.args);
  const rankOfMachine = Number(
    ["OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"].map((name) => Deno.env.get(name))
      .find((value) => value !== undefined) ?? 0,
  );
  const { adapter, rest } = takeAdapter(typed, rankOfMachine);
  if (adapter !== undefined) {
    const { file } = driverCalled(adapter, await vulkanDrivers());
    // The older name is read by older loaders.
    for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]) Deno.env.set(name, file);
  }
  const program = rest.findIndex((word) => word.endsWith(".ts"));
  const words = rest.slice(program + 1);
  const { environment, line } = await choose(words, backend);
  // The option decides, not what this process was started from.
  Deno.env.delete(dawnVariable);
  // On the error stream, so that --json output stays clean.
  if (line) console.error(line);
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
  // The program of the command line is given what its words name; others (tests) say what they need.
  const granted = rest[program]?.endsWith("main.ts") &&
    !rest.slice(0, program).some((word) => /^-A|^--allow/.test(word));
  const code = granted
    ? await inTemporary((temporary) =>
      runGranted(rest.slice(0, program), rest[program], words, environment, temporary)
    )
    : await runChild(withDawn(rest), environment);
  Deno.exit(code);
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(1);
}

/** Runs the program with the permissions of its command line; what it keeps for a while lies in a folder of its own. */
async function runGranted(
  options: readonly string[],
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  temporary: string,
): Promise<number> {
  const flags = await permissionsFor(words, temporary);
  const own: Record<string, string> = isScoped(words)
    ? { TMPDIR: temporary, TEMP: temporary, TMP: temporary }
    : {};
  const mpi = await mpiOfLauncher(words);
  // The one permission that MPI needs is to call its library; Dawn has that of calling any.
  if (mpi !== undefined && !Deno.env.get(dawnVariable)) flags.push(`--allow-ffi=${mpi}`);
  return await runChild(withDawn([...options, ...flags, program, ...words]), {
    ...environment,
    ...own,
    ...mpi === undefined ? {} : { [libraryVariable]: mpi },
  });
}

async function inTemporary<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "perturbine-" });
  try {
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
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
