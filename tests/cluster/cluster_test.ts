import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { inFolder } from "../runs/small_run.ts";
import { longTests } from "../support/long_tests.ts";

function has(program: string): boolean {
  return new Deno.Command("which", { args: [program], stdout: "null", stderr: "null" }).outputSync().success;
}

/** Why a test of a scheduler is left out, in its name; undefined: it runs. */
function without(...programs: readonly string[]): string | undefined {
  if (!longTests) return "long form only";
  const missing = programs.filter((program) => !has(program));
  if (missing.length > 0) return `skipped: ${missing.join(", ")} not installed`;
  return Deno.uid() === 0 ? undefined : "skipped: Slurm's daemons need root";
}

async function ran(script: string, ...words: string[]): Promise<string> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [path("slurm.sh"), words[0], path(script), ...words.slice(1)],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stdout) + text.decode(stderr));
  return text.decode(stdout);
}

const noSlurm = without("slurmctld", "slurmd", "sbatch", "munged");

Deno.test({
  name: `ten folds as an array of Slurm, two killed and requeued, are collected ${
    noSlurm ? `(${noSlurm})` : ""
  }`,
  ignore: noSlurm !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const told = await ran("ten_folds.sh", `${folder}/daemons`, `${folder}/folds`);
      assert.equal([...told.matchAll(/^killed .* (FAILED|CANCELLED)$/gm)].length, 2, told);
      assert.equal([...told.matchAll(/^\d+_\d COMPLETED$/gm)].length, 10, told);
      assert.match(told, /over folds/);
    }),
});

const noSnakemake = without("slurmctld", "slurmd", "sbatch", "munged", "snakemake");

Deno.test({
  name: `the same ten folds by Snakemake's --cluster on Slurm ${noSnakemake ? `(${noSnakemake})` : ""}`,
  ignore: noSnakemake !== undefined,
  fn: () =>
    inFolder(async (folder) => {
      const told = await ran("snakemake_folds.sh", `${folder}/daemons`, `${folder}/folds`);
      assert.match(told, /over folds/);
    }),
});
