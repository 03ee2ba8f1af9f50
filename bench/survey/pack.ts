import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../datasets/user_error.ts";
import { workingCommit } from "../commit.ts";
import script from "./survey.sh" with { type: "text" };

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files that pin npm packages: the project's, the peers', Dawn's. */
const pins = ["deno.json", "bench/peers/packages.json", "host/dawn/packages.json"];

/** The Vulkan loader and what NVIDIA's driver asks of a system besides, for a machine that has none of them. */
const loader = ["libvulkan1", "libegl1", "libglvnd0", "libopengl0", "libgl1", "libglx0", "libgles2"];

/**
 * Packs what an x86-64 Linux machine with a GPU driver but without a network needs: Deno, npm packages, this repository as it
 * stands, goldens where a folder is named, and the Vulkan loader where apt-get has it. `survey.sh` there unpacks and surveys.
 *
 * @returns what to do with it, for people
 * @throws {UserError} where the folder holds something, or a step fails
 */
export async function packSurvey(
  folder: string,
  goldens: string | undefined,
  note: (line: string) => void,
): Promise<string> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new UserError(
      `--pack packs this Deno for x86-64 Linux, this is ${Deno.build.arch} ${Deno.build.os}.`,
    );
  }
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    throw new UserError(`--pack ${folder}: the folder holds "${name}"; name an empty or new one.`);
  }
  const temporary = await Deno.makeTempDir({ prefix: "perturbine-pack-" });
  try {
    const cache = `${temporary}/cache`;
    for (const pin of pins) {
      note(`npm packages of ${pin}`);
      const args = ["install", "-q", "--frozen", "--config", `${root}${pin}`];
      await run(Deno.execPath(), args, { cwd: root, env: { DENO_DIR: cache } });
    }
    await prune(cache);
    note("this repository");
    await copyRepository(`${temporary}/repository`);
    if (goldens !== undefined) await run("cp", ["-r", resolve(goldens), `${temporary}/goldens`]);
    await Deno.copyFile(Deno.execPath(), `${temporary}/deno`);
    note("packing (a minute or two)");
    await run("tar", ["-C", temporary, "-cJf", resolve(folder, "pack.tar.xz"), "."], {
      env: { XZ_OPT: "-T0 -6" },
    });
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
  const debs = resolve(folder, "debs");
  await Deno.mkdir(debs);
  await run("apt-get", ["-qq", "download", ...loader], { cwd: debs }).catch((error: Error) => {
    note(`without the Vulkan loader, which the machine must have then: ${error.message}`);
  });
  await Deno.writeTextFile(`${folder}/survey.sh`, script);
  let bytes = 0;
  for (const part of [folder, debs]) {
    for await (const { name, isFile } of Deno.readDir(part)) {
      if (isFile) bytes += (await Deno.stat(`${part}/${name}`)).size;
    }
  }
  return `Packed ${
    (bytes / 2 ** 20).toFixed(0)
  } MiB in ${folder}; on the machine with the GPU: sh ${folder}/survey.sh`;
}

/** What the machine has no use for: binaries of other systems, the software driver, source maps. Deno asks that packages stay. */
async function prune(cache: string): Promise<void> {
  const unused = [
    ...["(", "-path", "*/webgpu/*", "-name", "*.node", "!", "-path", "*linux-x64*", ")", "-o"],
    ...["(", "-path", "*/@sparticuz/chromium/*", "-name", "*.br", ")", "-o"],
    ...["-name", "*.map"],
  ];
  await run("find", [cache, "-type", "f", "(", ...unused, ")", "-delete"]);
}

/** What git tracks and what is new, as it stands; its commit beside, since git is left behind. */
async function copyRepository(target: string): Promise<void> {
  await Deno.mkdir(target);
  const list = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  for (const path of list.split("\0").filter((name) => name !== "")) {
    // Deleted, but not committed yet.
    if (!await Deno.lstat(root + path).then(({ isFile }) => isFile, () => false)) continue;
    await Deno.mkdir(`${target}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(root + path, `${target}/${path}`);
  }
  await Deno.writeTextFile(`${target}/commit.txt`, (await workingCommit()) ?? "unknown");
}

/** @throws {UserError} with the first line of what it complains of */
async function run(
  program: string,
  args: readonly string[],
  options: Deno.CommandOptions = {},
): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], ...options });
  const { success, stdout, stderr } = await command.output().catch((error: Error) => {
    throw new UserError(`--pack needs ${program}, which cannot be started (${error.message}); install it.`);
  });
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim().split("\n")[0];
  throw new UserError(`--pack: ${program} ${args[0]} failed (${said}); mend that and pack again.`);
}
