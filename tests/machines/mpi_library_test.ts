import assert from "node:assert/strict";
import { installedLibraries, trainsOverRanks } from "../../cli/launcher/mpi_of_launcher.ts";
import { chooseLibrary, isOneOfManyRanks, kindOfLibrary } from "../../runs/mpi/library.ts";
import { statisticsOfBatch } from "../../models/distributed/statistics_of_batch.ts";
import { addUp, fromFirst, gatherJson } from "../../models/distributed/communicator.ts";
import { perturbine } from "../cli/in_process.ts";
import { inProcess } from "../support/ranks_in_process.ts";

const both = `
	libmpich.so.12 (libc6,x86-64) => /lib/x86_64-linux-gnu/libmpich.so.12
	libmpi.so.40 (libc6,x86-64) => /lib/x86_64-linux-gnu/libmpi.so.40`;
const given = (variables: Record<string, string>) => (name: string) => variables[name];

Deno.test("the MPI library is that of the launcher, and what cannot be one is refused by name", () => {
  assert.match(chooseLibrary(both, given({ OMPI_COMM_WORLD_SIZE: "2" })), /libmpi\.so\.40$/);
  assert.match(chooseLibrary(both, given({ PMI_SIZE: "2" })), /libmpich\.so\.12$/);
  assert.equal(kindOfLibrary("/opt/mpi/lib/libmpi_abi.so.0")?.name, "MPI 5 ABI");
  assert.throws(() => chooseLibrary("", given({ PMI_SIZE: "2" })), /libmpich\.so\.12.* is installed/);
  assert.throws(() => chooseLibrary(both, given({ PERTURBINE_MPI: "libmpi.so" })), /"libmpi.so".*absolute/);
  assert.equal(isOneOfManyRanks(given({})), false);
  assert.equal(isOneOfManyRanks(given({ PMI_SIZE: "1", PMI_RANK: "0" })), false);
  assert.equal(isOneOfManyRanks(given({ PMIX_RANK: "0", SLURM_STEP_NUM_TASKS: "3" })), true);
});

Deno.test("MPI is asked for by one training alone, and found in LD_LIBRARY_PATH before the system's", async () => {
  for (const line of ["train csg2a --out x", "--quiet resume x", "demo"]) {
    assert.ok(trainsOverRanks(line.split(" ")), line);
  }
  for (const line of ["train ridge --folds all --task any", "study --task=0/2", "sweep mlp", "doctor", ""]) {
    assert.ok(!trainsOverRanks(line.split(" ")), line);
  }
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  try {
    await Deno.writeTextFile(`${folder}/libmpich.so.12`, "");
    // As of a user of Debian, who has no /sbin there.
    Deno.env.set("PATH", folder);
    const installed = await installedLibraries(`/no/such/folder:${folder}/`);
    assert.equal(chooseLibrary(installed, given({ PMI_SIZE: "2" })), `${folder}/libmpich.so.12`);
    if (Deno.build.os === "linux") assert.match(installed, /libc\.so\.6 .*=> \//);
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("flags of ranks without mpirun, and several runs under it without --task, are refused by name", async () => {
  const refused = async (line: string, message: RegExp) => {
    const { code, err } = await perturbine(...line.split(" "));
    assert.deepEqual([code, message.test(err)], [2, true], err);
  };
  await refused("train ridge --own-norm --out x", /--own-norm is of a training over ranks/);
  await refused("resume x --silence 7", /--silence 7 is of a training over ranks/);
  await refused("train csg2a --sync-every 8 --out x", /--sync-every 8 is of a training over ranks/);
  Deno.env.set("PMI_SIZE", "2");
  try {
    for (
      const line of [
        "train ridge --split drug-folds --folds all",
        "study --models ridge --splits random",
        "sweep mlp --grid hiddenWidth=8,9",
      ]
    ) await refused(line, /these are several runs; give each process a share/);
    await refused(
      "evaluate runs/x",
      /^error: evaluate is done by one process, and this is one of several ranks/,
    );
    await refused("bench kernels", /bench is done by one process/);
    await refused("compare --models ridge,nearest --out x", /compare is done by one process/);
    await refused("train mlp --outer-rate 1 --out x", /--outer-rate 1 is of the step.*--sync-every/);
    await refused(
      "train mlp --own-norm --sync-every 8 --out x",
      /--own-norm says nothing beside --sync-every 8/,
    );
    await refused("train ridge --split drug-folds --folds all --task any --silence 7", /--silence 7 is of/);
  } finally {
    Deno.env.delete("PMI_SIZE");
  }
});

Deno.test("values are added up in the order of the ranks, JSON is gathered, bytes come from the first", async () => {
  const ranks = inProcess(3);
  // In float32, ((1e8 + 1) - 1e8) is 0 or 8; in double precision, in any order, 1.
  const values = [1e8, 1, -1e8].map((value) => Float32Array.of(value, 2, value, 4, 5));
  await Promise.all(ranks.map((communicator, rank) => addUp(communicator, values[rank])));
  for (const own of values) assert.deepEqual([...own], [1, 6, 1, 12, 15]);
  const texts = ["a", "bcd", ""];
  for (const all of await Promise.all(ranks.map((one, rank) => gatherJson(one, texts[rank])))) {
    assert.deepEqual(all, texts);
  }
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
  for (
    const all of await Promise.all(ranks.map((one, rank) => fromFirst(one, rank === 0 ? bytes : undefined)))
  ) {
    assert.deepEqual(all, bytes);
  }
});

Deno.test("statistics of parts together are those of all rows, an empty part counting nothing", () => {
  const rows = [[1e4, 3], [1e4 + 1, 5], [1e4 + 5, -2], [1e4 - 2, 0]];
  const of = (part: number[][]) =>
    [0, 1].flatMap((column) => {
      const values = part.map((row) => row[column]);
      const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
      return [values.length, mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0)];
    });
  const whole = statisticsOfBatch(Float64Array.from(of(rows)), 2);
  const parts = [rows.slice(0, 1), [], rows.slice(1, 4)].flatMap(of);
  const together = statisticsOfBatch(Float64Array.from(parts), 2);
  assert.deepEqual(together.variance, whole.variance);
  assert.ok(Math.abs(whole.unbiased[0] - 26 / 3) < 1e-6, `${whole.unbiased[0]}`);
});
