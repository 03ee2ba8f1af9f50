import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { permissionsFor } from "../../cli/launcher/permissions.ts";
import { inWorkspace, tiny } from "./in_process.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const long = Deno.env.get("PERTURBINE_LONG_TESTS") !== undefined;

/** Paths and names of a flag. */
function granted(flags: readonly string[], name: string): string[] {
  const flag = flags.find((one) => one.startsWith(`--allow-${name}=`));
  return flag?.slice(flag.indexOf("=") + 1).split(",") ?? [];
}

/** Runs the program as the launcher does, with Deno's log of every permission that it asks for. */
async function audited(words: readonly string[], temporary: string) {
  const flags = await permissionsFor(words, temporary), log = join(temporary, "audit.jsonl");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", ...flags, main, ...words],
    env: {
      ...{ DENO_AUDIT_PERMISSIONS: log, TMPDIR: temporary, NO_COLOR: "1" },
      ...{ PERTURBINE_LAUNCHER: "0", DENO_WEBGPU_BACKEND: Deno.env.get("DENO_WEBGPU_BACKEND") ?? "vulkan" },
    },
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  // Deno writes texts as they are, also where JSON wants them escaped.
  const asked = (await Deno.readTextFile(log)).trimEnd().split("\n").map((line) => {
    const [, permission, value] = /"permission":"(\w+)","value":"?(.*?)"?\}$/.exec(line) ?? [];
    return { permission, value };
  });
  return { flags, asked };
}

Deno.test("training asks for files below what its command line names, for the named variables, and for nothing else", async () => {
  await inWorkspace(async (folder) => {
    const temporary = join(folder, "temporary");
    await Deno.mkdir(temporary);
    const pre = join(folder, "pre");
    const commands = [
      ["train", "ridge", "--data", pre, "--out", join(folder, "a run")],
      ...long
        ? [["train", "csg2a", "--data", pre, ...tiny, "--epochs", "2", "--out", join(folder, "csg2a")], [
          ...["demo", "--epochs", "1", "--out", join(folder, "demo")],
        ], ["evaluate", join(folder, "demo")]]
        : [],
    ];
    for (const words of commands) {
      const { flags, asked } = await audited(words, temporary);
      assert.equal(flags.length, 4);
      assert.ok(asked.length > 20);
      const counts = new Map<string, number>();
      for (const { permission, value } of asked) {
        counts.set(permission, (counts.get(permission) ?? 0) + 1);
        const allowed = granted(flags, permission);
        const inside = permission === "env"
          ? allowed.includes(value)
          // What it only asks whether it may write (a cache that it reads) is refused, and it goes on.
          : allowed.some((path) =>
            resolve(value) === path || resolve(value).startsWith(path.replace(/\/?$/, "/"))
          ) ||
            granted(flags, "read").some((path) => resolve(value).startsWith(path.replace(/\/?$/, "/")));
        assert.ok(["read", "write", "env"].includes(permission) && inside, `${permission} ${value}`);
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
      reading: { ppi: "auto" },
      from: null,
      seed: 42,
    };
    await Deno.writeTextFile(join(run, "config.json"), JSON.stringify(config));
    for (const named of [run, join(folder, "runs")]) {
      const flags = await permissionsFor(["evaluate", named], join(folder, "t"));
      const read = granted(flags, "read"), write = granted(flags, "write");
      assert.ok(read.includes(data) && read.includes(join(folder, "fine", "label.csv")), read.join("\n"));
      assert.ok(!read.includes(folder) && !read.includes(join(folder, "fine")), read.join("\n"));
      assert.ok(write.includes(named) && !write.includes(data), write.join("\n"));
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

Deno.test("of a path with a comma the folder above is granted, and commands that measure may start processes", async () => {
  const flags = await permissionsFor(["train", "ridge", "--out", "/some/where/a,b/run"], "/tmp/t");
  assert.deepEqual(granted(flags, "write").at(-1), "/some/where");
  assert.ok((await permissionsFor(["bench", "kernels"], "/tmp/t")).includes("--allow-run"));
  assert.ok(
    !(await permissionsFor(["compare", "a", "b"], "/tmp/t")).some((flag) => flag.startsWith("--allow-run")),
  );
});
