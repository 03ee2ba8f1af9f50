import { chooseLibrary, isOneOfManyRanks } from "../../runs/mpi/library.ts";
import { commandOf } from "./permissions.ts";

/** Commands that train one run over ranks. */
const training = ["train", "finetune", "demo", "resume"];

/** Whether a command line trains one run together with other ranks, where there are any; runs shared by `--task` need no MPI. */
export function trainsOverRanks(words: readonly string[]): boolean {
  return training.includes(commandOf(words)) &&
    !words.some((word) => word === "--task" || word.startsWith("--task="));
}

/** The MPI library, where this process is one of several ranks of a training. @throws {Error} as `chooseLibrary` */
export async function mpiOfLauncher(words: readonly string[]): Promise<string | undefined> {
  const variable = (name: string) => Deno.env.get(name);
  if (!isOneOfManyRanks(variable) || !trainsOverRanks(words)) return undefined;
  return chooseLibrary(await installedLibraries(variable("LD_LIBRARY_PATH")), variable);
}

/**
 * Shared libraries as `ldconfig -p` lists them, before them those of the folders of `LD_LIBRARY_PATH`, which the system's loader
 * looks through first.
 */
export async function installedLibraries(folders = ""): Promise<string> {
  const lines: string[] = [];
  for (const folder of folders.split(":").filter((folder) => folder.startsWith("/"))) {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
    lines.push(...names.map((name) => `${name} => ${folder.replace(/\/+$/, "")}/${name}`));
  }
  // On Debian /sbin is on the administrator's PATH alone.
  for (const command of ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"]) {
    const listed = await listedBy(command);
    if (listed === "") continue;
    lines.push(listed);
    break;
  }
  return lines.join("\n");
}

async function listedBy(command: string): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(command, { args: ["-p"], stdout: "piped", stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout);
  } catch {
    // No such program there.
    return "";
  }
}
