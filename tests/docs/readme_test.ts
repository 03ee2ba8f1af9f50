import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deviceTest } from "../support/gpu_test.ts";
import { runCommand } from "../support/run_command.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The words after `perturbine` of each line of a section's first block of code. */
function commandsOf(page: string, title: string): string[][] {
  const block = page.split(`## ${title}\n`)[1].split("```\n")[1];
  return block.trimEnd().split("\n").map((line) => {
    const words = [...line.replace(/ {2,}#.*$/, "").matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) =>
      quoted ?? bare
    );
    assert.equal(words.shift(), "perturbine", line);
    return words;
  });
}

deviceTest("README's five minutes run as they are written, one after the other", async () => {
  const commands = commandsOf(await Deno.readTextFile(join(root, "README.md")), "Five minutes");
  assert.ok(commands.length >= 8, "the block was found");
  const folder = await Deno.makeTempDir({ prefix: "perturbine_readme_" }), before = Deno.cwd();
  try {
    // Where the commands find what README names of the repository, and write what they write.
    await Deno.symlink(join(root, "docs"), join(folder, "docs"));
    Deno.chdir(folder);
    for (const words of commands) {
      const { code, out, err } = await runCommand(...words);
      assert.equal(code, 0, `perturbine ${words.join(" ")}\n${err}`);
      assert.ok(out.length > 0, `perturbine ${words.join(" ")} prints its result`);
      const at = words.indexOf("--out");
      // `rank` writes NAME.csv and NAME.html.
      if (at > 0) await Deno.stat(words[0] === "rank" ? `${words[at + 1]}.csv` : words[at + 1]);
    }
    const demo = JSON.parse(await Deno.readTextFile("runs/demo/results.json"));
    assert.ok(demo.verdict.units >= 5 && demo.verdict.interval, "the demo's verdict has its interval");
    assert.match(await Deno.readTextFile("runs/demo/report.html"), /<h1/);
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
});
