import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isScoped, permissionsFor } from "../../cli/launcher/permissions.ts";
import { vulkanDrivers } from "../../host/vulkan_drivers.ts";
import { inWorkspace, tiny } from "./in_process.ts";
import { longTests } from "../support/long_tests.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** Paths and names of a flag. */
function granted(flags: readonly string[], name: string): string[] {
  const flag = flags.find((one) => one.startsWith(`--allow-${name}=`));
  return flag?.slice(flag.indexOf("=") + 1).split(",") ?? [];
}

/** Runs the program as the launcher does, with Deno's log of every permission that it asks for. */
async function audited(words: readonly string[], temporary: string, expected = 0) {
  const flags = await permissionsFor(words, temporary), log = join(temporary, "audit.jsonl");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", ...flags, main, ...words],
    // An empty NO_COLOR stands for none: what asks for colours is asked for too.
    env: {
      ...{ DENO_AUDIT_PERMISSIONS: log, TMPDIR: temporary, NO_COLOR: "" },
      ...{ PERTURBINE_LAUNCHER: "0", DENO_WEBGPU_BACKEND: Deno.env.get("DENO_WEBGPU_BACKEND") ?? "vulkan" },
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(code, expected, new TextDecoder().decode(stderr));
  // Deno writes texts as they are, also where JSON wants them escaped.
  const asked = (await Deno.readTextFile(log)).trimEnd().split("\n").map((line) => {
    const [, permission, value] = /"permission":"(\w+)","value":"?(.*?)"?\}$/.exec(line) ?? [];
    return { permission, value };
  });
  return { flags, asked, stdout: new TextDecoder().decode(stdout) };
}

Deno.test("a command asks for files below what its command line names, for the named variables, and for nothing else", async () => {
  await inWorkspace(async (folder) => {
    const temporary = join(folder, "temporary");
    await Deno.mkdir(temporary);
    const pre = join(folder, "pre"), targets = join(folder, "elsewhere", "targets.csv");
    const folds = join(folder, "folds");
    await Deno.mkdir(join(folder, "elsewhere"));
    await Deno.writeTextFile(targets, "drug,target\ngefitinib,EGFR\nvorinostat,HDAC1\n");
    const commands = [
      // Its settings name a file that lies elsewhere.
      ["train", "gp", "--data", pre, "--targets", targets, "--out", join(folder, "a run")],
      ["evaluate", join(folder, "a run")],
      ["export", join(folder, "a run"), "--out", join(folder, "handed on.h5ad")],
      ["--help"],
      [
        ...["train", "training-mean", "--data", pre, "--out", folds],
        ..."--split random --folds all --task 0/10".split(" "),
      ],
      ["collect", folds],
      ...longTests
        ? [["train", "csg2a", "--data", pre, ...tiny, "--epochs", "2", "--out", join(folder, "csg2a")], [
          ...["demo", "--epochs", "1", "--out", join(folder, "demo")],
        ], ["evaluate", join(folder, "demo")]]
        : [],
    ];
    for (const words of commands) {
      // One fold of ten is there to be collected.
      const { flags, asked } = await audited(words, temporary, words[0] === "collect" ? 1 : 0);
      assert.equal(flags.length, 4);
      assert.ok(asked.length > 0);
      const counts = new Map<string, number>();
      for (const { permission, value } of asked) {
        counts.set(permission, (counts.get(permission) ?? 0) + 1);
        const allowed = granted(flags, permission);
        const inside = ["env", "sys"].includes(permission)
          ? allowed.includes(value)
          // What it only asks whether it may write (a cache that it reads) is refused, and it goes on.
          : allowed.some((path) =>
            resolve(value) === path || resolve(value).startsWith(path.replace(/\/?$/, "/"))
          ) ||
            granted(flags, "read").some((path) => resolve(value).startsWith(path.replace(/\/?$/, "/")));
        assert.ok(["read", "write", "env", "sys"].includes(permission) && inside, `${permission} ${value}`);
      }
      console.log(
        `${words.slice(0, 2).join(" ")}: ${[...counts].map((pair) => pair.join(" ")).join(", ")} requests`,
      );
    }
  });
});

Deno.test("what a run was made from may be read by a command that names the run alone, its neighbours may not", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "runs", "fold-0", "seed-42"), data = join(folder, "pre");
    await Deno.mkdir(run, { recursive: true });
    const config = {
      data: { source: "folder", folder: data },
      split: { rule: "file", file: join(folder, "fine", "label.csv") },
      settings: { targets: join(folder, "targets.tsv") },
      reading: { ppi: "auto" },
      from: null,
      seed: 42,
    };
    await Deno.writeTextFile(join(run, "config.json"), JSON.stringify(config));
    const listed = join(folder, "listed");
    await Deno.mkdir(listed);
    await Deno.writeTextFile(
      join(listed, "tasks.json"),
      JSON.stringify({
        of: { clusters: join(folder, "mechanisms.txt") },
        tasks: [{ path: "0", config }],
      }),
    );
    for (
      const [command, named, adds] of [
        ["evaluate", run, false],
        ["evaluate", join(folder, "runs"), false],
        ["export", run, false],
        ["resume", run, true],
        ["collect", listed, true],
      ] as const
    ) {
      const flags = await permissionsFor([command, named], join(folder, "t"));
      const read = granted(flags, "read"), write = granted(flags, "write");
      assert.ok(read.includes(data) && read.includes(join(folder, "fine", "label.csv")), read.join("\n"));
      assert.ok(read.includes(join(folder, "targets.tsv")), read.join("\n"));
      assert.equal(read.includes(join(folder, "mechanisms.txt")), named === listed);
      assert.ok(!read.includes(folder) && !read.includes(join(folder, "fine")), read.join("\n"));
      assert.ok(write.includes(named) === adds && !write.includes(data), write.join("\n"));
    }
    const trained = await permissionsFor(
      ["train", "mlp", "--data", data, `--out=${folder}/x`],
      join(folder, "t"),
    );
    assert.deepEqual(granted(trained, "write"), [join(folder, "t"), resolve("runs"), join(folder, "x")]);
    assert.deepEqual(trained.slice(3), ["--allow-sys=hostname"], "no run, net or ffi");
    const names = granted(trained, "env");
    assert.ok(
      names.includes("HOME") && !names.includes("PATH") && !names.includes("LD_LIBRARY_PATH"),
      names.join(),
    );
  });
});

Deno.test("every command but those that measure or draw is kept to its command line, mistyped ones too", () => {
  for (
    const word of ["train", "sweep", "collect", "completion", "help", "traain", "--help", "doctor", "study"]
  ) {
    assert.ok(isScoped([word]), word);
  }
  assert.ok(isScoped(["export", "run", "--out", "x.csv"]));
  for (
    const words of [["bench", "models"], ["kernel"], ["profile"], ["tune"], ["export", "run", "--figures=x"]]
  ) {
    assert.ok(!isScoped(words), words.join(" "));
  }
});

Deno.test("doctor --all lists every driver of the machine under the permissions that it is given", async () => {
  const temporary = await Deno.makeTempDir();
  try {
    const { stdout } = await audited(["doctor", "--all", "--json"], temporary);
    assert.deepEqual(JSON.parse(stdout).drivers, await vulkanDrivers());
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
});

Deno.test("of a path with a comma the folder above is granted, and commands that measure may start processes", async () => {
  const flags = await permissionsFor(["train", "ridge", "--out", "/some/where/a,b/run"], "/temporary");
  assert.deepEqual(granted(flags, "write").at(-1), "/some/where");
  assert.ok((await permissionsFor(["bench", "kernels"], "/temporary")).includes("--allow-run"));
  assert.ok(
    !(await permissionsFor(["compare", "a", "b"], "/temporary")).some((flag) =>
      flag.startsWith("--allow-run")
    ),
  );
});
