import assert from "node:assert/strict";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { modelCases } from "../../bench/models/mod.ts";
import { inSubgroupsOf } from "../../bench/subgroup_size.ts";
import { type DawnFacts, offeredSizes } from "../../bench/survey/adapter_facts.ts";
import type { PartRow, SurveyPart } from "../../bench/survey/part.ts";
import { surveyParts } from "../../bench/survey/parts.ts";
import { commandOf, type PartEnd, runPart } from "../../bench/survey/run_part.ts";
import { runSurvey, type SurveyRun } from "../../bench/survey/run_survey.ts";
import { writeSurveyReport } from "../../bench/survey/survey_report.ts";
import { continuedSurvey, readSurvey, writeSurvey } from "../../bench/survey/survey_file.ts";

const part = (name: string, seconds: number, more: Partial<SurveyPart> = {}): SurveyPart => ({
  name,
  what: name,
  program: "perturbine",
  words: [],
  file: `${name}.json`,
  seconds,
  ...more,
});

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perturbine-survey-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Stands for a part's process: leaves a file, ends as it is told. */
const ending = (ends: Record<string, Partial<PartEnd> & { readonly text?: string }>) => {
  const ran: string[] = [];
  const run: SurveyRun["run"] = async ({ name, file }, folder) => {
    ran.push(name);
    const { text, ...end } = ends[name] ?? { text: '{"rows":[{}]}' };
    if (text !== undefined) await Deno.writeTextFile(`${folder}/${file}`, text);
    return { code: 0, stopped: false, seconds: 1, out: "", error: "", ...end };
  };
  return { ran, run };
};

const states = (rows: readonly PartRow[]) => Object.fromEntries(rows.map(({ name, state }) => [name, state]));

Deno.test("a survey does its parts in order, passes over what does not fit, and a second call does what is missing", async () => {
  await inFolder(async (folder) => {
    const parts = [
      part("a", 2),
      part("long", 500),
      part("none", 1, { lacking: "no such thing" }),
      part("b", 3),
    ];
    const first = ending({});
    const kept: number[] = [];
    const { rows, left } = await runSurvey(parts, {
      folder,
      seconds: 60,
      before: [],
      run: first.run,
      onRow: (_, all) => void kept.push(all.length),
    });
    assert.deepEqual(first.ran, ["a", "b"]);
    assert.deepEqual(left.map(({ name }) => name), ["long"]);
    assert.deepEqual(states(rows), { a: "done", none: "lacking", b: "done" });
    assert.deepEqual(kept, [1, 2, 3], "kept after every part");
    const second = ending({});
    const again = await runSurvey(parts, { folder, seconds: 600, before: rows, run: second.run });
    assert.deepEqual(second.ran, ["long"]);
    assert.equal(again.left.length, 0);
  });
});

Deno.test("a part that was stopped or left nothing is done again, one with a wrong result is not", async () => {
  await inFolder(async (folder) => {
    const parts = ["wrong", "failed", "stopped", "torn", "calm"].map((name) => part(name, 1));
    const wrong = '{"rows":[{}],"refused":[{"max_rel_error":0.3},{"max_rel_error":null}]}';
    const { run } = ending({
      wrong: { code: 1, text: wrong, error: "error: These gave no usable result: x." },
      failed: { code: 1, error: "warning\nerror: No adapter.\n" },
      stopped: { code: 143, stopped: true, text: "{}" },
      torn: { text: '{"rows":' },
      calm: { text: wrong }, // its exit code says that nothing was
    });
    const { rows, left } = await runSurvey(parts, { folder, seconds: 60, before: [], run });
    assert.deepEqual(states(rows), {
      wrong: "wrong",
      failed: "failed",
      stopped: "stopped",
      torn: "failed",
      calm: "wrong",
    });
    assert.deepEqual(left.map(({ name }) => name), ["stopped"]);
    assert.equal(rows[0].said, "1 rows, 1 wrong; These gave no usable result: x.");
    assert.equal(rows[1].said, "No adapter.");
    const torn = { ...rows[3], name: "kernels-1" };
    assert.equal(await writeSurveyReport(folder, [torn]), undefined, "a torn file ends no report");
    assert.match(await Deno.readTextFile(`${folder}/failed.log`), /No adapter/);
    const second = ending({});
    await runSurvey(parts, { folder, seconds: 60, before: rows, run: second.run });
    assert.deepEqual(second.ran, ["failed", "stopped", "torn"]);
  });
});

Deno.test("what an earlier try left does not pass for the result of one that left nothing", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.json`, '{"rows":[{}]}');
    const { run } = ending({ a: { code: 0 } });
    const { rows } = await runSurvey([part("a", 1)], { folder, seconds: 60, before: [], run });
    assert.equal(rows[0].state, "failed");
  });
});

Deno.test("a process is ended when its time is up, and told so", async () => {
  const python = part("sleeper", 1, { program: "python3", words: ["-c", "import time; time.sleep(60)"] });
  const has = await new Deno.Command("python3", { args: ["-c", ""] }).output().then(
    ({ success }) => success,
    () => false,
  );
  if (!has) return console.log("skipped: there is no python3");
  const end = await runPart(python, ".", 0.2);
  assert.equal(end.stopped, true);
  assert.ok(end.seconds < 50, `${end.seconds} s of 60`);
});

Deno.test("a survey of another adapter, commit or form is not gone on with", async () => {
  await inFolder(async (folder) => {
    const machine = { adapter: "A", adapterClass: "gpu", machine: "m", driver: "d", commit: "c" };
    assert.equal(await continuedSurvey(folder, machine, false), undefined);
    await writeSurvey(folder, {
      format: "perturbine survey 1",
      machine,
      quick: false,
      dawn: null,
      noDawn: "no",
      parts: [],
    });
    assert.deepEqual((await continuedSurvey(folder, machine, false))?.parts, []);
    await assert.rejects(
      continuedSurvey(folder, { ...machine, adapter: "B" }, false),
      /another adapter \("A", here "B"\)/,
    );
    await assert.rejects(continuedSurvey(folder, { ...machine, commit: "e" }, false), /another commit/);
    await assert.rejects(continuedSurvey(folder, machine, true), /another form/);
    await Deno.writeTextFile(`${folder}/survey.json`, "{}");
    await assert.rejects(readSurvey(folder), /holds no survey/);
  });
});

Deno.test("every part has a name and a file of its own, the most valuable comes first, and eight minutes reach to tune", () => {
  const facts = { subgroupSizes: [32, 64] };
  for (const quick of [false, true]) {
    const parts = surveyParts({ folder: "/x", quick, goldens: "/g" }, facts);
    for (const  of of[({ name }: SurveyPart) => name, ({ file }: SurveyPart) => file]) {
      assert.equal(new Set(parts.map(of)).size, parts.length);
    }
    const at = (name: string) => parts.findIndex((one) => one.name === name);
    const order = [
      "launch-cost",
      "goldens",
      "tests",
      "subgroups-64",
      "kernels-1",
      "model-badger",
      "peers",
      "tune",
      "pytorch",
    ];
    assert.ok(order.every((name, k) => at(name) > (k === 0 ? -1 : at(order[k - 1]))), order.join());
    assert.ok(commandOf(parts[at("subgroups-32")]).join(" ").includes("--backend dawn"));
    const before = parts.slice(0, at("tune") + 1).reduce((sum, { seconds }) => sum + seconds, 0);
    assert.ok(before < 8 * 60, `${before} s up to tune`);
  }
});

Deno.test("subgroup sizes of 32 and 64 are asked for only where shaders may choose them", () => {
  const facts: DawnFacts = {
    adapter: "A",
    subgroups: true,
    sized: true,
    least: 32,
    most: 64,
    features: [],
    subgroupMatrices: [],
    matrixUnits: false,
  };
  assert.deepEqual(offeredSizes(facts), [32, 64]);
  assert.deepEqual(offeredSizes({ ...facts, most: 32 }), [32]);
  assert.deepEqual(offeredSizes({ ...facts, sized: false }), []);
  assert.deepEqual(offeredSizes({ ...facts, least: 4, most: 4 }), []);
  const code = "enable subgroups;\n@compute @workgroup_size(64) fn main() {}";
  assert.equal(
    inSubgroupsOf(32, code),
    "enable subgroup_size_control;\nenable subgroups;\n@compute @subgroup_size(32) @workgroup_size(64) fn main() {}",
  );
  assert.equal(inSubgroupsOf(32, "@compute fn main() {}"), "@compute fn main() {}");
});

Deno.test("the kernels and models that a survey names are those of the bench", () => {
  const known = new Set([...kernelCases, ...modelCases].map(({ name }) => name));
  for (const quick of [false, true]) {
    for (const { program, words } of surveyParts({ folder: "/x", quick }, { subgroupSizes: [64] })) {
      if (program !== "perturbine" || words[0] !== "bench" || words[1] === "peers") continue;
      const named = words[words.findIndex((word) => word === "--kernel" || word === "--model") + 1].split(
        ",",
      );
      for (const name of named) assert.ok(known.has(name), name);
      // What no named kernel has, the command refuses.
      const variants = new Set(
        kernelCases.filter(({ name }) => named.includes(name)).flatMap(({ variants }) => variants),
      );
      const asked = words.includes("--variant") ? words[words.indexOf("--variant") + 1].split(",") : [];
      for (const name of asked) assert.ok(variants.has(name), `${name} of ${named}`);
    }
  }
  const measured = surveyParts({ folder: "/x" }, { subgroupSizes: [] }).filter(({ name }) =>
    name.startsWith("kernels-")
  )
    .flatMap(({ words }) => words[words.indexOf("--kernel") + 1].split(","));
  assert.deepEqual(new Set(measured), new Set(kernelCases.map(({ name }) => name)));
});

Deno.test("a survey on Dawn runs all its parts on Dawn", () => {
  const before = Deno.env.get("PERTURBINE_DAWN");
  const words = (dawn?: boolean) => commandOf(part("a", 1, { dawn })).join(" ");
  try {
    Deno.env.delete("PERTURBINE_DAWN");
    assert.ok(!words().includes("--backend") && words(true).includes("--backend dawn"));
    Deno.env.set("PERTURBINE_DAWN", "somewhere");
    assert.ok(words().includes("--backend dawn"));
  } finally {
    if (before === undefined) Deno.env.delete("PERTURBINE_DAWN");
    else Deno.env.set("PERTURBINE_DAWN", before);
  }
});

Deno.test("a pack beside which another was unpacked surveys with its own", async () => {
  await inFolder(async (folder) => {
    const shell = async (program: string, ...args: string[]) => {
      const env = { PERTURBINE_HOME: `${folder}/home`, VK_DRIVER_FILES: "none" };
      const { success, stdout } = await new Deno.Command(program, { args, env, stderr: "null" }).output();
      return success ? new TextDecoder().decode(stdout).trim() : undefined;
    };
    for (const [pack, old] of [["first", undefined], ["second", "first"]] as const) {
      const inside = `${folder}/${pack}/inside`;
      await Deno.mkdir(`${inside}/repository`, { recursive: true });
      await Deno.writeTextFile(`${inside}/repository/${pack}`, "");
      await Deno.writeTextFile(`${inside}/deno`, `#!/bin/sh\necho ${pack} *\n`, { mode: 0o755 });
      const archive = `${folder}/${pack}/pack.tar.xz`;
      if (await shell("tar", "-C", inside, "-cJf", archive, ".").catch(() => undefined) === undefined) {
        return console.log("skipped: there is no tar, or none with xz (Debian: apt-get install xz-utils)");
      }
      await Deno.copyFile(
        new URL("../../bench/survey/survey.sh", import.meta.url),
        `${folder}/${pack}/survey.sh`,
      );
      const said = () => shell("sh", `${folder}/${pack}/survey.sh`);
      assert.equal(await said(), `${pack} ${pack}`, `beside ${old}`);
      assert.equal(await said(), `${pack} ${pack}`);
    }
  });
});
