import assert from "node:assert/strict";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { claimFolder } from "../../runs/tasks/claim.ts";
import { stateOf, type TaskList } from "../../runs/tasks/task_list.ts";
import { RandomStream } from "../../datasets/random.ts";
import { workOn } from "../../runs/tasks/work_on.ts";
import { configure } from "../../runs/configure.ts";
import { seedRuns } from "../../runs/series.ts";
import { profileReport } from "../report/fixtures.ts";
import { inFolder } from "../runs/small_run.ts";
import { longTests } from "../support/long_tests.ts";

/** `tasks` tasks, `processes` at once, `kills` of them by SIGKILL at moments of chance, each replaced. */
async function killing({ tasks, processes, kills }: Record<"tasks" | "processes" | "kills", number>) {
  const seed = Number(Deno.env.get("PERTURBINE_CLAIM_SEED") ?? Date.now() % 2 ** 31);
  console.error(`PERTURBINE_CLAIM_SEED=${seed} draws these moments again.`);
  const chance = new RandomStream(seed, 0);
  let processNumber = 0;
  await inFolder(async (out) => {
    const config = await configure({ model: "ridge" });
    const list: TaskList = {
      out,
      kind: "seeds",
      of: {},
      command: "",
      tasks: seedRuns(config, tasks, out),
    };
    const file = `${out}.json`;
    await Deno.writeTextFile(file, JSON.stringify(list));
    const entry = fileURLToPath(new URL("./claimed_tasks.ts", import.meta.url));
    const start = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", "-A", "--no-check", entry, file, "30", String(seed), String(++processNumber)],
        stdout: "null",
        stderr: "piped",
      }).spawn();
    const running = Array.from({ length: processes }, start);
    for (let kill = 0; kill < kills; kill++) {
      await new Promise((resume) => setTimeout(resume, 100 + chance.uniform() * 300));
      const at = chance.below(processes);
      const child = running[at];
      try {
        child.kill("SIGKILL");
      } catch {
        // It had ended.
      }
      await child.status;
      await child.stderr.cancel();
      running[at] = start();
    }
    for (const child of running) {
      const { code, stderr } = await child.output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    }
    for (const run of list.tasks) {
      assert.deepEqual(await stateOf(run), { run, state: "finished" });
      const names = await Array.fromAsync(Deno.readDir(run.path), ({ name }) => name);
      const claims = names.filter((name) => name.startsWith(".claim-"));
      assert.deepEqual(claims, [], "no claim is left behind");
    }
    await Deno.remove(file);
  });
}

Deno.test("tasks that processes claim at once while some are killed are each done once, and no claim is left", () =>
  killing(longTests ? { tasks: 50, processes: 8, kills: 40 } : { tasks: 9, processes: 2, kills: 2 }));

Deno.test("a claim holds against this process and another machine, until it is given back or dead", async () => {
  await inFolder(async (folder) => {
    const run = `${folder}/run`;
    {
      await using first = await claimFolder(run);
      assert.ok(first);
      assert.equal(await claimFolder(run), undefined, "held");
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(run)), [], "given back");
    // A process that died on this machine: its file without its lock.
    await Deno.writeTextFile(
      `${run}/.claim-7`,
      JSON.stringify({ host: hostname() }) + "\n",
    );
    {
      await using taken = await claimFolder(run);
      assert.ok(taken, "a dead process holds nothing");
      assert.deepEqual((await Array.fromAsync(Deno.readDir(run))).map(({ name }) => name), [".claim-8"]);
    }
    // Another machine, whose locks cannot be seen here: alive by the time of its file.
    await Deno.writeTextFile(`${run}/.claim-3`, JSON.stringify({ host: "elsewhere" }) + "\n");
    assert.equal(await claimFolder(run), undefined, "alive elsewhere");
    await Deno.utime(`${run}/.claim-3`, new Date(), new Date(Date.now() - 200_000));
    await using taken = await claimFolder(run);
    assert.ok(taken, "no sign of life for 200 s");
  });
});

Deno.test("a claim that a crash has emptied, and one that was left while it was taken over, hold nothing for ever", async () => {
  await inFolder(async (run) => {
    await Deno.writeTextFile(`${run}/.claim-2`, "");
    assert.equal(await claimFolder(run), undefined, "of an unknown machine: alive by the time of its file");
    await Deno.utime(`${run}/.claim-2`, new Date(), new Date(Date.now() - 200_000));
    await Deno.writeTextFile(`${run}/.claim-1`, JSON.stringify({ host: hostname() }) + "\n");
    await using taken = await claimFolder(run);
    assert.ok(taken);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(run), ({ name }) => name), [".claim-3"]);
  });
});

Deno.test("who comes late to a dead claim leaves alone a live one that has taken its number", async () => {
  await inFolder(async (run) => {
    await Deno.writeTextFile(`${run}/.claim-1`, JSON.stringify({ host: hostname() }) + "\n");
    const { link } = Deno;
    let other: AsyncDisposable | undefined;
    // Between the look at the claim and the link others took it over and ended, and one more began.
    Deno.link = async (from, to) => {
      Deno.link = link;
      await Deno.remove(`${run}/.claim-1`);
      other = await claimFolder(run);
      await link(from, to);
    };
    try {
      assert.equal(await claimFolder(run), undefined);
    } finally {
      Deno.link = link;
    }
    assert.ok(other);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(run), ({ name }) => name), [".claim-1"]);
    await other[Symbol.asyncDispose]();
  });
});

Deno.test("who has lost a claim is told so, and leaves alone what has its name", async () => {
  await inFolder(async (run) => {
    {
      await using claim = await claimFolder(run, 90);
      assert.equal(claim!.lost.aborted, false);
      await Deno.writeTextFile(`${run}/other`, "another's");
      await Deno.rename(`${run}/other`, `${run}/.claim-1`);
      const end = Date.now() + 20_000;
      while (!claim!.lost.aborted) {
        assert.ok(Date.now() < end, "not told for 20 s");
        await new Promise((resume) => setTimeout(resume, 5));
      }
    }
    assert.equal(await Deno.readTextFile(`${run}/.claim-1`), "another's");
  });
});

Deno.test("work on a run that another process has taken over stops, and goes on when that one has ended it", async () => {
  await inFolder(async (out) => {
    const tasks = seedRuns(await configure({ model: "ridge" }), 1, out);
    const list: TaskList = { out, kind: "seeds", of: {}, command: "", tasks };
    const notes: string[] = [];
    const failed = await workOn(list, "any", async ({ path, config }, signal) => {
      const claim = (await Array.fromAsync(Deno.readDir(path), ({ name }) => `${path}/${name}`))[0];
      await Deno.writeTextFile(`${out}/other`, "another's");
      await Deno.rename(`${out}/other`, claim);
      await new Promise((resume) => signal.addEventListener("abort", resume));
      await Deno.writeTextFile(`${path}/config.json`, JSON.stringify(config));
      await Deno.writeTextFile(`${path}/results.json`, JSON.stringify(profileReport()));
      await Deno.remove(claim);
      throw new Error("what it wrote was not its own");
    }, { stale: 90, patience: 10, note: (line) => void notes.push(line) });
    assert.deepEqual(failed, []);
    assert.match(notes[1], /was taken over by another process/);
    assert.deepEqual(await stateOf(tasks[0]), { run: tasks[0], state: "finished" });
  });
});

Deno.test("a held claim shows signs of life while its process is busy", async () => {
  await inFolder(async (run) => {
    await using _claim = await claimFolder(run, 90);
    const size = async () => (await Deno.stat(`${run}/.claim-1`)).size;
    const before = await size();
    const end = Date.now() + 20_000;
    while (await size() === before) {
      assert.ok(Date.now() < end, "no sign of life for 20 s, 2,000 times as long as they are apart");
      await new Promise((resume) => setTimeout(resume, 5));
    }
  });
});
