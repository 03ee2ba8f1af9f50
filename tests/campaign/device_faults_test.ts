import assert from "node:assert/strict";
import { join } from "node:path";
import { Engine, GpuError } from "../../engine/mod.ts";
import { probe } from "../../engine/probe.ts";
import { perturbine, smallRanker, withSignatures } from "../cli/in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { type Fault, withFault } from "./faulty_device.ts";
import { longTests } from "../support/long_tests.ts";

const files = [
  "checkpoint.safetensors",
  "optimizer.safetensors",
  "state.json",
  "predictions.csv",
  "metrics.jsonl",
];

async function bytesOf(run: string): Promise<string[]> {
  return await Promise.all(
    files.map(async (name) => new TextDecoder("latin1").decode(await Deno.readFile(join(run, name)))),
  );
}

/** Strikes a training, then goes on with what is left, or starts anew where nothing was saved: it ends in the same bytes. */
async function struck(
  words: readonly string[],
  run: string,
  fault: Fault,
  whole: readonly string[],
  said: RegExp,
) {
  const place = JSON.stringify(fault);
  let ended = { code: 0, err: "" };
  await withFault(fault, async () => {
    ended = await perturbine(...words, "--out", run, "--force");
  });
  if (ended.code === 0) {
    // So late that nothing was left to do on the device.
    assert.deepEqual(await bytesOf(run), whole, `${place}: unnoticed, with another result`);
    return "unnoticed";
  }
  assert.equal(ended.code, 1, `${place}: ${ended.err}`);
  assert.match(ended.err, said, `${place}: ${ended.err}`);
  assert.ok(!/\n\s+at /.test(ended.err), `${place}: a raw exception: ${ended.err}`);
  const begun = await Deno.stat(join(run, "config.json")).then(() => true, () => false);
  const resumed = begun
    ? await perturbine("resume", run, "--quiet")
    : await perturbine(...words, "--out", run, "--force");
  assert.equal(resumed.code, 0, `${place}: ${resumed.err}`);
  assert.deepEqual(await bytesOf(run), whole, place);
  return "named";
}

/** Every submission, allocation and kernel of a run in the long form, one allocation and one kernel by default. */
deviceTest(
  "a device that is ended, out of memory, given a broken shader or a NaN at any point is named, and its run goes on to the same bytes",
  async () => {
    await withSignatures(async (folder, data) => {
      const words = [
        "train",
        "mlp",
        "--data",
        data,
        "--split",
        "random",
        ...smallRanker,
        "--epochs",
        longTests ? "3" : "1",
        "--save-every",
        "2",
      ];
      const undisturbed = join(folder, "whole");
      const seen = await withFault({}, async () => {
        const { code, err } = await perturbine(...words, "--out", undisturbed);
        assert.equal(code, 0, err);
      });
      const whole = await bytesOf(undisturbed), counts = new Map<string, number>();
      const strike = async (fault: Fault, said: RegExp) => {
        const ended = `${Object.keys(fault)[0]} ${await struck(
          words,
          join(folder, "run"),
          fault,
          whole,
          said,
        )}`;
        counts.set(ended, (counts.get(ended) ?? 0) + 1);
      };
      const first = (count: number) => longTests ? 0 : Math.floor(count / 2),
        some = (count: number) => longTests ? 1 : count;
      for (let submit = 0; longTests && submit < seen.submits; submit++) {
        await strike(
          { destroyAt: { submit, after: submit % 2 === 1 } },
          /The device failed: .*(lost|closed|destroyed)/is,
        );
      }
      for (let memoryAt = first(seen.buffers); memoryAt < seen.buffers; memoryAt += some(seen.buffers)) {
        // The device itself tells of what nobody asked about: the empty dispatches of a plan, 16 bytes.
        await strike({ memoryAt }, /The device failed: (out of device memory at .* bytes.*)?injected/s);
      }
      const kernels = [...seen.kernels];
      for (let at = 0; longTests && at < kernels.length; at++) {
        await strike(
          { unreadable: kernels[at] },
          new RegExp(`The device failed: .*kernel ${kernels[at]}.* does not compile`, "s"),
        );
      }
      const products = kernels.findIndex((name) => name.startsWith("matmul"));
      for (let at = longTests ? 0 : products; at < kernels.length; at += some(kernels.length)) {
        await strike({ notANumber: kernels[at] }, /Training went bad|not finite|NaN/);
      }
      console.log(
        `${seen.submits} submissions, ${seen.buffers} allocations, ${seen.kernels.size} kernels: ` +
          [...counts].map((pair) => pair.join(" ")).join(", "),
      );
      const struckBy = [...longTests ? ["destroyAt", "unreadable"] : [], "memoryAt", "notANumber"];
      for (const fault of struckBy) assert.ok(counts.has(`${fault} named`), `${fault} struck nothing`);
    });
  },
);

deviceTest("a device that gives nothing back is said to hang when its patience is over", async () => {
  const engine = await Engine.open(navigator.gpu, { patience: 0.3 });
  try {
    const { device } = engine, buffer = device.buffer(256, "values");
    await withFault({ hangAt: 0 }, async () => {
      await assert.rejects(device.read(buffer, 0, 16), (error) => {
        assert.ok(error instanceof GpuError);
        assert.match(
          error.message,
          /^the device has not answered for 0.3 seconds; it hangs, or its driver does\.$/,
        );
        return true;
      });
    });
  } finally {
    engine.dispose();
  }
});

deviceTest(
  "a device without memory for the kernel that probes it says so, and has told nothing",
  async () => {
    const engine = await Engine.open(navigator.gpu);
    const code = `@group(0) @binding(0) var<storage, read> asked: array<u32>;
@group(0) @binding(1) var<storage, read_write> found: array<u32>;
@compute @workgroup_size(1) fn main() { found[1] = asked[1]; }`;
    const { handle } = engine.device, asked = new Uint32Array([7, 11]);
    try {
      assert.deepEqual([...await probe(handle, "words", code, 8, asked)], [0, 11]);
      for (const memoryAt of [0, 1, 2]) {
        await withFault({ memoryAt }, async () => {
          await assert.rejects(
            probe(handle, "words", code, 8, asked),
            /^GpuError: out of device memory at words \(8 bytes\): injected$/,
          );
        });
      }
      await assert.rejects(
        probe(handle, "words", code.replace("u32", "none"), 8, asked),
        /^GpuError: the device fails at its first dispatch, words: /,
      );
    } finally {
      engine.dispose();
    }
  },
);
