import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../datasets/user_error.ts";
import { layouts } from "../../datasets/layouts/mod.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { inWorkspace, tiny } from "../cli/in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";

/**
 * Studies and preparations that are killed by SIGKILL, in the long form alone: five times before a step to the disk that is drawn and
 * five times at a moment that is drawn, a study each time a second time as it goes on. What must hold holds for all moments.
 */
const kills = 5;
const atStep = fileURLToPath(new URL("killed_command.ts", import.meta.url));
const never = Number.MAX_SAFE_INTEGER;

interface Ended {
  readonly code: number;
  readonly killed: boolean;
  readonly milliseconds: number;
  readonly err: string;
}

/** Runs a command line in a process of its own, which is killed before a step to the disk or after some milliseconds. */
async function run(words: readonly string[], step = never, after?: number): Promise<Ended> {
  const begun = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", atStep, String(step), ...words],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let running = true;
  const alarm = after === undefined ? undefined : setTimeout(() => running && child.kill("SIGKILL"), after);
  const { code, signal, stderr } = await child.output();
  running = false;
  clearTimeout(alarm);
  const err = new TextDecoder().decode(stderr);
  return { code, killed: signal === "SIGKILL", milliseconds: performance.now() - begun, err };
}

/** Every file below a folder by its relative path. */
async function filesBelow(folder: string, top = folder): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) { for (const [inner, text] of await filesBelow(path, top)) found.set(inner, text); }
    else found.set(relative(top, path), new TextDecoder("latin1").decode(await Deno.readFile(path)));
  }
  return found;
}

/** Files that say when, how long and by which command something was made. */
const ofTheMoment =
  /(^|\/)(timings\.jsonl|report\.html|results\.json|command\.txt|plan\.json|judged\.json|study\.json|study\.html|\.lock)$/;

function lasting(files: ReadonlyMap<string, string>): Map<string, string> {
  const kept = [...files].filter(([name]) => !ofTheMoment.test(name) && !/\.partial$/.test(name));
  return new Map(kept.map(([name, text]) => [
    name,
    name === "prepared.json" ? text.replace(/^ *"at": ".*",\n/m, "") : text,
  ]));
}

function assertSame(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>, when: string) {
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort(), when);
  for (const [name, text] of expected) assert.ok(found.get(name) === text, `${when}: ${name} differs`);
}

/** What stands under its own name is whole. */
function assertWhole(files: ReadonlyMap<string, string>, when: string): void {
  for (const [name, text] of files) {
    if (name.endsWith(".json")) assert.doesNotThrow(() => JSON.parse(text), `${when}: ${name} is cut`);
    if (name.endsWith(".html")) assert.match(text, /<\/html>\s*$/, `${when}: ${name} is cut`);
    if (name.endsWith(".svg")) assert.match(text, /<\/svg>\s*$/, `${when}: ${name} is cut`);
    if (/\.(csv|md)$/.test(name)) assert.match(text, /\n$/, `${when}: ${name} is cut`);
  }
}

/** Where it is killed: half of them before a drawn step to the disk, half after a drawn share of its time. */
async function moments(words: readonly string[], out: string): Promise<[step: number, after?: number][]> {
  const steps = await stepsOf(words);
  await Deno.remove(out, { recursive: true });
  const { milliseconds, code, err } = await run(words);
  assert.equal(code, 0, err);
  console.log(`${steps} steps to the disk, ${Math.round(milliseconds)} ms`);
  return [
    ...Array.from({ length: kills }, (): [number] => [Math.floor(Math.random() * steps)]),
    ...Array.from(
      { length: kills },
      (): [number, number] => [never, Math.round((0.1 + 0.9 * Math.random()) * milliseconds)],
    ),
  ];
}

/** How many steps to the disk a command line takes. */
async function stepsOf(words: readonly string[]): Promise<number> {
  const script = fileURLToPath(new URL("counted_command.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", script, ...words],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return Number(/steps to the disk: (\d+)/.exec(new TextDecoder().decode(stdout))![1]);
}

deviceTest(
  "a study that is killed at any moment, and killed again, ends in the same bytes when it is given again",
  async () => {
    await inWorkspace(async (folder) => {
      const out = join(folder, "study");
      const words = [
        ...["study", "--data", join(folder, "pre"), "--splits", "random,drug-blind"],
        ...["--models", "csg2a,ridge,cell-mean", "--seeds", "2", "--epochs", "2", "--save-every", "2"],
        ...[...tiny, "--patience", "0", "--quiet", "--out", out],
      ];
      const drawn = await moments(words, out);
      const expected = lasting(await filesBelow(out));
      let killed = 0;
      for (const [step, after] of drawn) {
        const when = after === undefined ? `killed before step ${step}` : `killed after ${after} ms`;
        await Deno.remove(out, { recursive: true });
        if ((await run(words, step, after)).killed) killed++;
        assertWhole(await filesBelow(out).catch(() => new Map()), when);
        if ((await run(words, 5 + Math.floor(Math.random() * 40))).killed) killed++;
        assertWhole(await filesBelow(out), when);
        const { code, err } = await run(words);
        assert.equal(code, 0, `${when}: ${err}`);
        assertSame(lasting(await filesBelow(out)), expected, when);
      }
      assert.ok(killed >= kills, `${killed} kills`);
      console.log(`study: ${killed} kills, ${expected.size} files equal each time`);
    });
  },
  "long",
);

/** Wells of four plates and their profiles, or a screen and the profiles of its cell lines, as tables; the commands that take them. */
async function preparations(folder: string): Promise<string[][]> {
  const genes = [
    "DDR1",
    "PAX8",
    "RPS5",
    "ABCF1",
    "SPAG7",
    "RHOA",
    "RNPS1",
    "SMNDC1",
    "ATP6V0B",
    "RPS6",
    "USP22",
  ];
  const drugs = ["CCO", "c1ccccc1", "CC(=O)O", "CCN", "CCCl", "OCCO", "CC(C)=O"];
  const wells = ["id,plate,cell_id,pert_id,pert_type,dose,time,canonical_smiles"],
    profiles = [["id", ...genes].join()];
  const cells = [["cell_line", ...genes].join()], screen = ["cell_line,drug_name,canonical_smiles,LN_IC50"];
  const value = (a: number, b: number) => (7 + 3 * Math.sin(1.7 * a + 0.9 * b * b)).toFixed(3);
  for (let well = 0; well < 331; well++) {
    const drug = well % 9, plate = `P${well % 4}`;
    wells.push(
      drug < drugs.length
        ? `w${well},${plate},A375,D${drug},trt_cp,${[1, 3.3, 10][well % 3]},24,${drugs[drug]}`
        : `w${well},${plate},A375,DMSO,ctl_vehicle,,24,`,
    );
    profiles.push([`w${well}`, ...genes.map((_, gene) => value(well, gene))].join());
  }
  for (let cell = 0; cell < 37; cell++) {
    cells.push([`L${cell}`, ...genes.map((_, gene) => value(cell, gene + 20))].join());
    drugs.forEach((smiles, drug) =>
      screen.push(`L${cell},drug ${drug},${smiles},${(Number(value(cell, drug + 40)) - 7).toFixed(3)}`)
    );
  }
  const files = { wells, profiles, cells, screen };
  for (const [name, lines] of Object.entries(files)) {
    await writeFileAtomic(join(folder, `${name}.csv`), lines.join("\n") + "\n");
  }
  const at = (name: keyof typeof files) => join(folder, `${name}.csv`);
  return [
    ["prepare", "csg2a", "--wells", at("wells"), "--profiles", at("profiles"), "--reference", "vehicle"],
    ["prepare", "gdsc", "--response", at("screen"), "--profiles", at("cells"), "--standardise", "robust-z"],
  ];
}

deviceTest(
  "a preparation that is killed at any moment leaves the old folder, the new one or none that is read, and ends in the same bytes",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const command of await preparations(folder)) {
        const out = join(folder, "out"), kept = join(folder, "kept");
        const words = [...command, "--out", out, "--force"];
        const drawn = await moments(words, out);
        const layout = layouts.find(({ name }) =>
          name === (command[1] === "gdsc" ? "response" : "profiles")
        )!;
        const read = async () => {
          const { fingerprint } = await layout.read(out, layout.settings.parse({ ...layout.tableOnly }), {
            identity: "parent",
          });
          return fingerprint;
        };
        const expected = lasting(await filesBelow(out)), fresh = await read();
        // What the folder holds before: the same wells scored otherwise.
        assert.equal((await run([...words, "--floor", "5"])).code, 0);
        const old = await read();
        assert.notEqual(old, fresh);
        await Deno.rename(out, kept);
        const seen = new Map<string, number>();
        for (const [at, [step, after]] of drawn.entries()) {
          const when = `${command[1]}, ${after === undefined ? `before step ${step}` : `after ${after} ms`}`;
          // Every other one into a folder that holds tables already.
          if (at % 2 === 1) {
            await Deno.mkdir(out);
            for (const [name, text] of await filesBelow(kept)) {
              await Deno.writeFile(join(out, name), Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
            }
          }
          const { killed } = await run(words, step, after);
          const files = await filesBelow(out).catch(() => new Map<string, string>());
          assertWhole(new Map([...files].filter(([name]) => !/\.part/.test(name))), when);
          const found = await read().catch((error) => {
            assert.ok(error instanceof UserError, `${when}: ${error}`);
            return "refused";
          });
          const what = found === fresh ? "new" : found === old && at % 2 === 1 ? "old" : found;
          assert.ok(["new", "old", "refused"].includes(what), `${when}: read as something else`);
          if (killed) seen.set(what, (seen.get(what) ?? 0) + 1);
          const { code, err } = await run(words);
          assert.equal(code, 0, `${when}: ${err}`);
          const again = await filesBelow(out);
          assert.deepEqual(
            [...again.keys()].filter((name) => /\.part/.test(name)),
            [],
            `${when}: left behind`,
          );
          assertSame(lasting(again), expected, when);
          await Deno.remove(out, { recursive: true });
        }
        await Deno.remove(kept, { recursive: true });
        console.log(`${command.slice(0, 2).join(" ")}: killed, the folder was ${JSON.stringify([...seen])}`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  "long",
);
