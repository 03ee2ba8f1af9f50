import { UserError } from "../../datasets/user_error.ts";
import { lensFolder } from "./driver.ts";

/** Mesa of Debian 13 and all that it needs, its C library too. */
const packages = [
  "mesa-vulkan-drivers mesa-drm-shim libc6 libgcc-s1 libstdc++6 zlib1g libzstd1 libdrm2 libdrm-amdgpu1 libelf1t64 libexpat1",
  "libffi8 libwayland-client0 libxcb1 libx11-xcb1 libxau6 libxdmcp6 libbsd0 libmd0 libxcb-dri3-0 libxcb-present0",
  "libxcb-randr0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxshmfence1 libvulkan1 libllvm19 libedit2 liblzma5 libtinfo6",
  "libxml2 libz3-4",
].join(" ").split(" ");

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Unpacks the no-op drivers below the cache, from the mirror that this machine's apt uses; nothing is installed.
 *
 * @throws {UserError} where apt knows no Debian mirror, or a package cannot be had
 */
export async function fetchDriver(cache: string): Promise<void> {
  const folder = lensFolder(cache);
  if (await Deno.stat(`${folder}/complete`).then(() => true, () => false)) return;
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new UserError(
      `--fetch unpacks drivers for x86-64 Linux, this is ${Deno.build.arch} ${Deno.build.os}.`,
    );
  }
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  for (const part of ["lists/partial", "cache/archives/partial", "debs"]) {
    await Deno.mkdir(`${folder}/${part}`, { recursive: true });
  }
  await Deno.writeTextFile(
    `${folder}/sources.list`,
    `deb [signed-by=${keyring}] ${await mirror()} trixie main\n`,
  );
  const apt = [
    "-qq",
    ...[
      `Dir::Etc::sourcelist=${folder}/sources.list`,
      "Dir::Etc::sourceparts=/dev/null",
      `Dir::State::Lists=${folder}/lists`,
      `Dir::Cache=${folder}/cache`,
      "APT::Sandbox::User=root",
    ].map((setting) => `-o${setting}`),
  ];
  await run("apt-get", [...apt, "update"]);
  await run("apt-get", [...apt, "download", ...packages], `${folder}/debs`);
  for await (const { name } of Deno.readDir(`${folder}/debs`)) {
    await run("dpkg-deb", ["-x", `${folder}/debs/${name}`, `${folder}/root`]);
  }
  for (const driver of ["nouveau", "radeon"]) {
    const library = `${folder}/root/usr/lib/x86_64-linux-gnu/libvulkan_${driver}.so`;
    await Deno.writeTextFile(
      `${folder}/${driver}.json`,
      JSON.stringify({
        file_format_version: "1.0.0",
        ICD: { api_version: "1.4.305", library_path: library },
      }),
    );
  }
  for (const part of ["lists", "cache", "debs"]) await Deno.remove(`${folder}/${part}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/complete`, "");
}

/** The first mirror, of packages and not of security updates, that apt is told of. */
async function mirror(): Promise<string> {
  const { stdout } = await new Deno.Command("apt-get", {
    args: ["indextargets", "--format", "$(SITE) $(RELEASE) $(ORIGIN)"],
  }).output().catch(() => {
    throw new UserError("--fetch needs apt-get (Debian or Ubuntu); install the no-op driver another way.");
  });
  const targets = new TextDecoder().decode(stdout).split("\n").map((line) => line.split(" "));
  const site = targets.find(([site, release, origin]) =>
    site && origin === "Debian" && !release.includes("security")
  )
    ?.[0];
  if (site) return site;
  throw new UserError(
    "--fetch found no Debian mirror among apt's sources; add one, or run `apt-get update` once.",
  );
}

async function run(program: string, args: readonly string[], cwd?: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd, stdout: "null" })
    .output();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
  throw new UserError(
    `--fetch: ${program} failed (${said}); see whether this machine reaches its package mirror.`,
  );
}
