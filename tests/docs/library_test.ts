import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inWorkspace } from "../cli/in_process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The page's script. */
async function scriptOf(page: string): Promise<string> {
  return (await Deno.readTextFile(join(root, page))).split("```ts\n")[1].split("```")[0];
}

Deno.test("the script of docs/library.md has 15 lines at most, and does what it says with whatever driver is there", async () => {
  const script = await scriptOf("docs/library.md");
  const lines = script.split("\n").filter((line) => line.trim() !== "");
  assert.ok(lines.length <= 15, `${lines.length} lines`);
  await inWorkspace(async (folder) => {
    await Deno.mkdir(join(folder, "data"));
    await Deno.rename(join(folder, "pre"), join(folder, "data", "mine"));
    const genes = (await Deno.readTextFile(join(folder, "data", "mine", "gex_DMSO.csv"))).split("\n")[0]
      .split(",");
    await Deno.writeTextFile(
      join(folder, "conditions.csv"),
      `smiles,dose,time,${genes.join(",")}\nCCO,10,24,${genes.map((_, k) => k % 7).join(",")}\n`,
    );
    await Deno.writeTextFile(join(folder, "script.ts"), script);
    // Predictions made elsewhere: those of a baseline on the same rows.
    await Deno.writeTextFile(
      join(folder, "elsewhere.ts"),
      `import { configure, train } from "perturbine/runs";
       const wish = { model: "drug-mean", data: "data/mine", split: { rule: "drug-blind" } };
       await train(await configure(wish), { out: "runs/mean" });
       await Deno.copyFile("runs/mean/predictions.csv", "theirs.csv");`,
    );
    const run = async (file: string) => {
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "-q", "--config", join(root, "deno.json"), file],
        cwd: folder,
        stdout: "piped",
        stderr: "piped",
      }).output();
      assert.ok(success, decode(stderr));
      return decode(stdout);
    };
    await run("elsewhere.ts");
    assert.match(await run("script.ts"), /^(Ahead of|Level with|Behind) /);
    const judged = JSON.parse(await Deno.readTextFile(join(folder, "judged", "results.json")));
    const names = judged.predictions.map(({ name }: { name: string }) => name);
    assert.ok(names.includes("theirs"), names.join(", "));
    assert.match(await Deno.readTextFile(join(folder, "judged", "report.html")), /<h1/);
    const profiles = (await Deno.readTextFile(join(folder, "profiles.csv"))).trimEnd().split("\n");
    assert.equal(profiles.length, 2);
  });
});
