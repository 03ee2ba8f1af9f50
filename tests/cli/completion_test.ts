import assert from "node:assert/strict";
import { createProgram } from "../../cli/program.ts";
import { main } from "../../cli/main.ts";
import type { Command } from "commander";
import { collectMessages } from "../docs/messages/collect_messages.ts";
import { exampleText } from "../docs/messages/example_text.ts";
import { perturbine } from "./in_process.ts";

const program = (args: readonly string[] = []): Command => createProgram({ args, program, run: main });

/** What bash offers for a line that ends in the word at the cursor. */
async function offered(script: string, ...words: string[]): Promise<string[]> {
  const line = `COMP_WORDS=(${["perturbine", ...words].map((word) => `'${word}'`).join(" ")})`;
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: [
      "-c",
      `${script}\n${line}\nCOMP_CWORD=${words.length}\n_perturbine\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("bash completes commands, their flags and the values of a flag", async () => {
  const { out: script } = await perturbine("completion", "bash");
  assert.deepEqual(await offered(script, "pre"), ["predict", "prepare"]);
  assert.deepEqual(await offered(script, "bench", "rep"), ["report", "reproduce"]);
  assert.deepEqual(await offered(script, "predict", "runs/x", "in.csv", "--sk"), ["--skip-bad"]);
  assert.deepEqual(await offered(script, "export", "runs/x", "--part", "t"), ["train", "test"]);
  assert.deepEqual(await offered(script, "predict", "cli/../deno.j"), ["cli/../deno.json"]);
});

Deno.test("zsh and fish have a completion too, and no other shell", async () => {
  const zsh = (await perturbine("completion", "zsh")).out,
    fish = (await perturbine("completion", "fish")).out;
  assert.match(zsh, /^#compdef perturbine\n/);
  assert.match(fish, /^complete -c perturbine -n '.*' -a predict -d '.+'$/m);
  assert.match(
    fish,
    /^complete -c perturbine -n '__fish_seen_subcommand_from export' -l part -d '.*' -x -a 'train validation test'$/m,
  );
  const other = await perturbine("completion", "tcsh");
  assert.deepEqual([other.code, /expected bash, zsh or fish/.test(other.err)], [2, true]);
});

/** Every flag of a program, hidden ones too. */
function flagsOf(command: Command): string[] {
  return [...command.options.map(({ long }) => long ?? ""), ...command.commands.flatMap(flagsOf)];
}

Deno.test("every flag that a message advises exists", async () => {
  const known = new Set([
    ...flagsOf(program()),
    // Of the launcher, of every command, and of other programs (sbatch).
    ...["--backend", "--help", "--allow-sys", "--array"],
  ]);
  const messages = await collectMessages(new URL("../../", import.meta.url).pathname);
  const unknown = messages.flatMap((message) =>
    [...exampleText(message).matchAll(/(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9]/g)].map(([flag]) => flag)
      .filter((flag) => !known.has(flag)).map((flag) => `${flag} in ${message.file}`)
  );
  assert.deepEqual(unknown, []);
});
