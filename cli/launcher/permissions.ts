import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { systemCacheFolder, userCacheFolder } from "../../host/tuning_cache.ts";
import { namedInRuns } from "./named_in_runs.ts";

/** Variables of the environment that the program looks at; no other is readable to it. */
const variables = [
  "HOME",
  "JOB_COMPLETION_INDEX",
  "LOCALAPPDATA",
  "OMPI_COMM_WORLD_RANK",
  "OMPI_COMM_WORLD_SIZE",
  "PERTURBINE_CACHE",
  "PERTURBINE_DAWN",
  "PERTURBINE_LAUNCHER",
  "PERTURBINE_MPI",
  "PERTURBINE_TUNING",
  "PMIX_RANK",
  "PMI_RANK",
  "PMI_SIZE",
  "SLURM_ARRAY_TASK_ID",
  "SLURM_STEP_NUM_TASKS",
  "USERPROFILE",
  "VK_DRIVER_FILES",
  "XDG_CACHE_HOME",
  // What Node, and the reader of the command line, ask before they colour a text on a terminal.
  ...[
    "AGENT_NAME",
    "CI",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "FORCE_COLOR",
    "NODE_DISABLE_COLORS",
    "NO_COLOR",
    "TEAMCITY_VERSION",
  ],
  ...["APPVEYOR", "BUILDKITE", "CIRCLECI", "CI_NAME", "DRONE"],
  ...["GITEA_ACTIONS", "GITHUB_ACTIONS", "GITLAB_CI", "TRAVIS"],
  ...["TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TF_BUILD", "TMUX"],
];

/** Commands that measure, and start processes for it. */
const free = ["bench", "gpu-survey", "kernel", "profile", "tune"];
/** Commands that read what no command line names: a study's file names its data, a doctor looks at drivers and devices of the machine. */
const readingAll = ["study", "doctor"];
/** Commands that go on with, or add to, a run folder that they are given. */
const addingToRuns = ["resume", "convert", "collect"];
/** Commands that write files beside the name that they are given, or in the folder where they are called. */
const writingFiles = ["export", "predict", "rank", "screen", "explain", "evaluate", "convert", "prepare"];
/** Options whose value is written. */
const outputOptions = ["--out", "--report"];

const repository = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Deno's flags for a command line of the program: it may read the repository, what the command line names, what the runs named
 * there were made from, and caches; write runs, what the command line tells it to write, and a folder for what is temporary.
 * Nothing else: no network, no libraries, no other variables, and no processes but for the commands that measure
 * and for figures.
 *
 * A comma cannot stand in a path of these flags, so of a path that has one the folder above it is granted.
 *
 * @param words the words after the program
 * @param temporary an empty folder, the program's `TMPDIR`
 */
export async function permissionsFor(words: readonly string[], temporary: string): Promise<string[]> {
  const command = commandOf(words);
  if (!isScoped(words)) {
    // Deno starts no process under LD_LIBRARY_PATH, which SwiftShader needs, unless any may be started.
    return ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-run"];
  }
  const paths = pathsIn(words);
  const always = [temporary, resolve("runs")];
  const outputs = written(words, command, paths);
  const read = [repository, ...caches(), ...always, ...paths, ...outputs, ...await namedInRuns(paths)];
  const write = [...always, ...outputs];
  const list = (all: readonly string[]) => [...new Set(all.map(withoutComma))].join(",");
  return [
    readingAll.includes(command) ? "--allow-read" : `--allow-read=${list(read)}`,
    `--allow-write=${list(write)}`,
    `--allow-env=${variables.join(",")}`,
    // Whose claim of a task it is, on a file system that machines share.
    "--allow-sys=hostname",
  ];
}

/** Whether a command is kept to what its command line names; figures of `export` are drawn by another process. */
export function isScoped(words: readonly string[]): boolean {
  const command = commandOf(words);
  const draws = command === "export" && words.some((word) => /^--figures(=|$)/.test(word));
  return !free.includes(command) && !draws;
}

/** The command that a command line names; none: empty. */
export function commandOf(words: readonly string[]): string {
  return words.find((word) => !word.startsWith("-")) ?? "";
}

/** Where Deno keeps npm packages, and the user's table of tuning lies. */
function caches(): string[] {
  const deno = Deno.env.get("DENO_DIR") ?? join(systemCacheFolder(), "deno");
  return [deno, userCacheFolder()].map((path) => resolve(path));
}

/** Every word, and what stands behind the = of a word, taken for a path: of a word that is none nothing is granted that exists. */
function pathsIn(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const value = word.slice(word.indexOf("=") + 1);
    return word.startsWith("-") && value === word ? [] : [word, value];
  }).filter((word) => word !== "" && !word.includes("\0")).map((word) => resolve(word));
}

function written(words: readonly string[], command: string, paths: readonly string[]): string[] {
  const named = words.flatMap((word, at) => {
    const option = outputOptions.find((name) => word === name || word.startsWith(`${name}=`));
    if (option === undefined) return [];
    const value = word === option ? words[at + 1] : word.slice(option.length + 1);
    return value ? [resolve(value)] : [];
  });
  return [
    ...named,
    ...addingToRuns.includes(command) ? paths : [],
    // Files are written beside their name, then renamed.
    ...writingFiles.includes(command) ? (named.length > 0 ? named.map(dirname) : [resolve()]) : [],
    ...command === "convert" ? paths.map(dirname) : [],
  ];
}

/** A path, or the nearest folder above it whose path has no comma. */
function withoutComma(path: string): string {
  const comma = path.indexOf(",");
  return comma < 0 ? path : dirname(path.slice(0, comma) + "x");
}
