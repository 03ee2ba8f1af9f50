import assert from "node:assert/strict";
import { readSafetensors, readSafetensorsMetadata, saveSafetensors } from "../../host/checkpoint/mod.ts";
import { join } from "node:path";
import { UserError } from "../../datasets/user_error.ts";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { judgeEpoch } from "../../models/early_stopping.ts";
import { RunStore } from "../../models/run_store.ts";
import { trainLoop } from "../../models/train_loop.ts";
import type { EpochLine } from "../../models/train_record.ts";
import { initialTrainState } from "../../models/train_state.ts";
import { NonFiniteError } from "../../models/training_task.ts";
import { LinearTask } from "./linear_task.ts";
import { data, settings, split } from "./linear_training.ts";

const files = ["checkpoint.safetensors", "optimizer.safetensors", "state.json", "metrics.jsonl"];

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const entries = await Promise.all(
    files.map(async (name) => [name, (await Deno.readFile(join(folder, name))).toHex()]),
  );
  return Object.fromEntries(entries);
}

/** The folder that an uninterrupted run leaves, made once. */
let undisturbed: Promise<Record<string, string>> | undefined;
function expectedBytes(): Promise<Record<string, string>> {
  return undisturbed ??= inFolder(async (folder) => {
    await trainLoop(new LinearTask(data), split, data.y, { ...settings, store: new RunStore(folder) });
    return await bytesOf(folder);
  });
}

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("trainLoop() learns, keeps the best epoch and stops after its patience", async () => {
  const epochs: EpochLine[] = [];
  const outcome = await trainLoop(new LinearTask(data), split, data.y, {
    ...settings,
    epochs: 500,
    onEpoch: (line) => void epochs.push(line),
  });
  const losses = epochs.map(({ validationLoss }) => validationLoss!);
  assert.equal(outcome.status, "finished");
  assert.ok(
    Math.min(...losses) < 0.2 * losses[0],
    `validation went from ${losses[0]} to ${Math.min(...losses)}`,
  );
  assert.equal(outcome.state.best!.validationLoss, Math.min(...losses));
  assert.equal(epochs.length, outcome.state.best!.epoch + settings.patience);
  const task = new LinearTask(data);
  task.restore(outcome.result!);
  const predicted = await task.predict(split.validation);
  const error = predicted.reduce((sum, value, i) => {
    const truth = data.y[split.validation[Math.floor(i / 3)] * 3 + i % 3];
    return sum + (value - truth) ** 2;
  }, 0) / predicted.length;
  assert.ok(Math.abs(error - Math.min(...losses)) < 1e-9, "the result is the best epoch's parameters");
});

Deno.test("trainLoop() runs all epochs and keeps the last parameters without patience", async () => {
  const task = new LinearTask(data);
  const outcome = await trainLoop(task, split, data.y, { ...settings, patience: null, epochs: 7 });
  assert.deepEqual(outcome.state.best!.epoch, 7);
  assert.deepEqual(outcome.result!.get("weight")!.data, (await task.parameters()).get("weight")!.data);
});

Deno.test("trainLoop() gives the same bytes however often it reads and saves", async () => {
  const { "checkpoint.safetensors": expected, "metrics.jsonl": metrics } = await expectedBytes();
  for (const [readEvery, saveEvery] of [[1, 1], [100, 0], [7, 5]]) {
    await inFolder(async (folder) => {
      const options = { ...settings, readEvery, saveEvery, store: new RunStore(folder) };
      await trainLoop(new LinearTask(data), split, data.y, options);
      const bytes = await bytesOf(folder);
      assert.equal(bytes["checkpoint.safetensors"], expected);
      assert.equal(bytes["metrics.jsonl"], metrics);
    });
  }
});

Deno.test("a run that dies before any one step and is resumed ends in the same bytes", async () => {
  const expected = await expectedBytes();
  for (let death = 0; death < 30; death++) {
    await inFolder(async (folder) => {
      const dying = new LinearTask(data, (step) => {
        if (step === death) throw new Error("died");
      });
      const options = { ...settings, store: new RunStore(folder) };
      await assert.rejects(trainLoop(dying, split, data.y, options), /died/);
      await trainLoop(new LinearTask(data), split, data.y, { ...settings, store: new RunStore(folder) });
      assert.deepEqual(await bytesOf(folder), expected, `died before step ${death}`);
    });
  }
});

Deno.test("a run stopped by its signal again and again ends in the same bytes", async () => {
  const expected = await expectedBytes();
  await inFolder(async (folder) => {
    let status = "stopped";
    for (let stops = 0; status === "stopped"; stops++) {
      const controller = new AbortController();
      let steps = 0;
      const task = new LinearTask(data, () => {
        if (++steps === 1 + stops % 11) controller.abort();
      });
      const options = { ...settings, store: new RunStore(folder), signal: controller.signal };
      status = (await trainLoop(task, split, data.y, options)).status;
    }
    assert.deepEqual(await bytesOf(folder), expected);
  });
});

Deno.test("a run killed by SIGKILL at arbitrary moments ends in the same bytes", async () => {
  const expected = await expectedBytes();
  await inFolder(async (folder) => {
    const script = new URL("./linear_training.ts", import.meta.url).pathname;
    let kills = 0;
    for (;;) {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--allow-read", "--allow-write", script, folder, "12"],
        stdout: "null",
      }).spawn();
      // At different places of the run: while it starts, between steps, inside a save.
      const timer = kills < 5 ? setTimeout(() => child.kill("SIGKILL"), 420 + 97 * kills) : undefined;
      const { success } = await child.status;
      clearTimeout(timer);
      if (success) break;
      kills++;
    }
    assert.ok(kills > 0, "the child was killed at least once");
    assert.deepEqual(await bytesOf(folder), expected, `after ${kills} kills`);
  });
});

Deno.test("a kill between the two checkpoint files is mended on resuming", async () => {
  const expected = await expectedBytes();
  await inFolder(async (folder) => {
    const controller = new AbortController();
    const store = new RunStore(folder);
    await trainLoop(new LinearTask(data), split, data.y, {
      ...settings,
      store,
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 2 ? controller.abort() : undefined,
    });
    // The state of epoch 2 is there, its result is not: as if killed between the renames.
    await Deno.remove(join(folder, "checkpoint.safetensors"));
    await Deno.writeTextFile(join(folder, "checkpoint.safetensors.99-1.partial"), "half");
    const saved = await new RunStore(folder).load();
    assert.equal(saved!.state.best!.epoch, 2);
    await trainLoop(new LinearTask(data), split, data.y, { ...settings, store: new RunStore(folder) });
    assert.deepEqual(await bytesOf(folder), expected);
    assert.ok(![...Deno.readDirSync(folder)].some(({ name }) => name.endsWith(".partial")));
  });
});

Deno.test("RunStore.load() refuses files that do not belong together, in one sentence", async () => {
  await inFolder(async (folder) => {
    const options = { ...settings, epochs: 6, store: new RunStore(folder) };
    await trainLoop(
      new LinearTask(data, (step) => {
        if (step === 40) throw new Error("died");
      }),
      split,
      data.y,
      options,
    ).catch(() => {});
    const metrics = join(folder, "metrics.jsonl");
    const kept = await Deno.readTextFile(metrics);
    await Deno.writeTextFile(metrics, "");
    await assert.rejects(new RunStore(folder).load(), (error) => {
      assert.ok(error instanceof CheckpointError);
      return /metrics\.jsonl: 0 bytes, but the saved state was written when it had \d+/.test(error.message);
    });
    await Deno.writeTextFile(metrics, kept);
    await Deno.remove(join(folder, "checkpoint.safetensors"));
    await assert.rejects(new RunStore(folder).load(), /is of step none, but optimizer\.safetensors says/);
    await Deno.writeFile(join(folder, "optimizer.safetensors"), new Uint8Array(20));
    await assert.rejects(new RunStore(folder).load(), CheckpointError);
  });
});

Deno.test("RunStore.load() calls a newer format newer, and what another program wrote by that", async () => {
  await inFolder(async (folder) => {
    await trainLoop(new LinearTask(data), split, data.y, {
      ...settings,
      epochs: 2,
      store: new RunStore(folder),
    });
    const path = join(folder, "optimizer.safetensors");
    const tensors = readSafetensors(await Deno.readFile(path));
    const metadata = readSafetensorsMetadata(await Deno.readFile(path));
    const write = (format: string) =>
      saveSafetensors(path, tensors, new Map([...metadata, ["format", format]]));
    await write("perturbine state 9");
    await assert.rejects(
      new RunStore(folder).load(),
      /is "perturbine state 9", of a newer version of Perturbine than this one, which reads up to "perturbine state 2"/,
    );
    await write("pt");
    await assert.rejects(new RunStore(folder).load(), /says the format "pt", expected "perturbine state 2"/);
    await write("perturbine state 2");
    await new RunStore(folder).load();
    // As written by a program that does not know of the digest.
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    const [{ index }] = text.matchAll(/"perturbine_sha256"/g);
    const bytes = await Deno.readFile(path);
    bytes[index + 1] = "z".charCodeAt(0);
    await Deno.writeFile(path, bytes);
    await assert.rejects(new RunStore(folder).load(), /carries no SHA-256: another program wrote it/);
  });
});

Deno.test("RunStore neither cuts nor lengthens a file that metrics.jsonl links to", async () => {
  if (Deno.build.os === "windows") return console.log("skipped: links need rights on Windows");
  await inFolder(async (folder) => {
    const other = join(folder, "other.txt");
    await Deno.writeTextFile(other, "not of the run");
    await Deno.symlink(other, join(folder, "metrics.jsonl"));
    await assert.rejects(new RunStore(folder).load(), /metrics\.jsonl is a link to another file/);
    await assert.rejects(new RunStore(folder).flush(), CheckpointError);
    assert.equal(await Deno.readTextFile(other), "not of the run");
  });
});

Deno.test("trainLoop() stops at a value that is not finite and leaves the saved state as it was", async () => {
  await inFolder(async (folder) => {
    const options = { ...settings, store: new RunStore(folder) };
    await trainLoop(
      new LinearTask(data, (step) => {
        if (step === 30) throw new Error("died");
      }),
      split,
      data.y,
      options,
    ).catch(() => {});
    const before = await bytesOf(folder);
    const broken = new LinearTask({ ...data, x: data.x.map(() => NaN) });
    const resumed = trainLoop(broken, split, data.y, { ...settings, store: new RunStore(folder) });
    await assert.rejects(resumed, NonFiniteError);
    assert.deepEqual(await bytesOf(folder), before);
  });
});

Deno.test("trainLoop() names a split that cannot be trained on", async () => {
  const none = new Uint32Array();
  const noTraining = { ...split, train: Uint32Array.of(3) };
  await assert.rejects(trainLoop(new LinearTask(data), noTraining, data.y, settings), (error) => {
    return error instanceof UserError && /leaves 1 training rows/.test(error.message);
  });
  const noValidation = { ...split, validation: none };
  await assert.rejects(trainLoop(new LinearTask(data), noValidation, data.y, settings), /--patience 0/);
  const outcome = await trainLoop(new LinearTask(data), noValidation, data.y, {
    ...settings,
    patience: null,
    epochs: 1,
  });
  assert.equal(outcome.state.best!.validationLoss, null);
});

Deno.test("trainLoop() goes on with a finished run whose epochs were raised, to the bytes of the longer run", async () => {
  const run = async (folder: string, epochs: number) => {
    const options = { ...settings, epochs, patience: null, store: new RunStore(folder) };
    await trainLoop(new LinearTask(data), split, data.y, options);
  };
  await inFolder(async (folder) => {
    await run(folder, 3);
    const short = await bytesOf(folder);
    await run(folder, 3);
    assert.deepEqual(await bytesOf(folder), short, "nothing is left to do");
    await run(folder, 7);
    assert.deepEqual(
      await bytesOf(folder),
      await inFolder(async (other) => {
        await run(other, 7);
        return await bytesOf(other);
      }),
    );
  });
});

Deno.test("judgeEpoch() counts a tie as an improvement", () => {
  const limits = { epochs: 100, patience: 2 };
  const best = { epoch: 1, step: 10, validationLoss: 0.5 };
  const at = (epoch: number, without: number) => ({
    ...initialTrainState,
    epoch,
    step: 10 * epoch,
    best,
    epochsWithoutImprovement: without,
  });
  assert.equal(judgeEpoch(at(2, 1), { loss: 0.5 }, limits).best!.epoch, 2);
  assert.equal(judgeEpoch(at(2, 0), { loss: 0.6 }, limits).best!.epoch, 1);
  assert.equal(judgeEpoch(at(2, 0), { loss: 0.6 }, limits).finished, false);
  assert.equal(judgeEpoch(at(3, 1), { loss: 0.6 }, limits).finished, true);
  assert.equal(judgeEpoch(at(100, 0), { loss: 0.1 }, limits).finished, true);
});

Deno.test("judgeEpoch() with a criterion wants it beaten, and cumulative patience never forgets", () => {
  const limits = { epochs: 100, patience: 2 };
  const at = (epoch: number, waited: number) => ({
    ...initialTrainState,
    epoch,
    step: epoch,
    best: { epoch: 1, step: 1, validationLoss: 9, criterion: 0.5 },
    epochsWithoutImprovement: waited,
  });
  const judge = (waited: number, criterion: number, patienceKind: "consecutive" | "cumulative") =>
    judgeEpoch(at(2, waited), { loss: 1, criterion }, { ...limits, patienceKind });
  assert.equal(judge(0, 0.5, "consecutive").best!.epoch, 1, "a tie is no improvement");
  assert.deepEqual(judge(1, 0.6, "consecutive"), {
    best: { epoch: 2, step: 2, validationLoss: 1, criterion: 0.6 },
    epochsWithoutImprovement: 0,
    finished: false,
  });
  assert.equal(judge(1, 0.6, "cumulative").epochsWithoutImprovement, 1);
  assert.equal(judge(1, 0.4, "cumulative").finished, true);
  assert.equal(judge(0, 0.4, "cumulative").finished, false);
});
