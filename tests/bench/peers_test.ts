import { runtimeName } from "../../engine/mod.ts";
import assert from "node:assert/strict";
import { contenders } from "../../bench/peers/contenders.ts";
import { type PeerCaseName, peerCaseNames, peerCases, peerGraph } from "../../bench/peers/peer_case.ts";
import { installPeers } from "../../bench/peers/peer_process.ts";
import { peerTable } from "../../bench/peers/peer_table.ts";
import { type PeerRun, runPeers } from "../../bench/peers/run_peers.ts";
import { parseBenchFile } from "../../bench/bench_file.ts";
import { runCommand } from "../support/run_command.ts";

const tiny: Readonly<Record<PeerCaseName, Readonly<Record<string, number>>>> = {
  matmul: { n: 19 },
  attention: { heads: 2, tokens: 13, depth: 8 },
  "csg2a-core": { batch: 3, genes: 17, width: 5 },
};

function quick(names: (name: string) => boolean, cases: readonly PeerCaseName[]): PeerRun {
  return {
    contenders: contenders.filter(({ name }) => names(name)),
    cases,
    sizes: (name) => tiny[name],
    seed: 11,
    rounds: 2,
    budgetMs: 1,
  };
}

Deno.test("this project gives the right outputs and gradients of every case, in a process of its own", async () => {
  const { rows, refused } = await runPeers(quick((name) => name === "perturbine", peerCaseNames));
  assert.deepEqual(refused, []);
  assert.equal(rows.length, 8, "three cases, one of them in two forms, with two passes each");
  for (const row of rows) {
    assert.ok(
      row.max_rel_error > 0 && row.max_rel_error < 2e-6,
      `${row.kernel} ${row.variant}: ${row.max_rel_error}`,
    );
    assert.ok(row.ms_median >= row.ms_min && row.repeats === 2 && row.first_ms > 0);
    assert.equal(row.times_perturbine, null);
    assert.equal(row.versions.runtime, runtimeName());
  }
  const document = parseBenchFile(JSON.stringify({ rows, refused }), "peers.json");
  assert.equal(document.rows.length, rows.length, "compare and report can read the rows");
});

Deno.test("TensorFlow.js and jax-js do the same work, WebGPU and WebAssembly", async () => {
  const offline = await installPeers().then(() => "", (error: Error) => error.message);
  if (offline !== "") return console.log(`skipped: the other libraries cannot be had, ${offline}`);
  const { rows, refused } = await runPeers(quick(() => true, ["attention", "csg2a-core"]));
  assert.deepEqual(refused, []);
  assert.equal(rows.length, 5 * 2 + 5 * 2 * 2);
  for (const { variant, max_rel_error, times_perturbine, kernel } of rows) {
    assert.ok(max_rel_error < 2e-6, `${kernel} ${variant}: ${max_rel_error}`);
    assert.equal(times_perturbine === null, variant.startsWith("perturbine"));
  }
  assert.match(peerTable(rows, refused), /csg2a-core forward \+ backward +batch=3 genes=17 width=5/);
});

Deno.test("a contender that cannot start, or is wrong, is told and gets no time", async () => {
  const broken = { name: "broken", script: "no_such_peer.ts", args: [], packages: false };
  const [own] = contenders;
  const wrong = { name: "wrong", script: "../../tests/bench/wrong_peer.ts", args: [], packages: false };
  const run = { ...quick(() => true, ["matmul"]), contenders: [broken, own, wrong] };
  const { rows, refused } = await runPeers(run);
  assert.equal(rows.length, 2);
  assert.deepEqual(refused.map(({ variant }) => variant), ["broken", "wrong", "wrong"]);
  assert.match(refused[0].reason, /ended without an answer: .*no_such_peer/);
  assert.match(refused[1].reason, /wrong result: off by 1\.0e-3 of the largest value/);
  assert.match(peerTable(rows, refused), /broken: no time/);
  assert.match(peerTable(rows, refused), /wrong, matmul forward: no time/);
});

Deno.test("inputs are the same for one seed, and P keeps its diagonal", () => {
  for (const name of peerCaseNames) {
    const [one, same, other] = [7, 7, 8].map((seed) => peerCases[name].inputs(tiny[name], seed));
    assert.deepEqual(one, same);
    assert.notDeepEqual(one.upstream.data, other.upstream.data);
    assert.deepEqual(Object.keys(one.arrays).slice(0, one.differentiated.length), one.differentiated);
  }
  const { indptr, indices } = peerGraph(peerCases["csg2a-core"].inputs(tiny["csg2a-core"], 1).arrays.ppi);
  for (let i = 0; i < 17; i++) assert.ok(indices.subarray(indptr[i], indptr[i + 1]).includes(i));
});

Deno.test("bench peers refuses what it does not know, before anything is fetched or started", async () => {
  const misspelt = await runCommand("bench", "peers", "--case", "matmull");
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.err, /did you mean matmul\?/);
  assert.match((await runCommand("bench", "peers", "--sizes", "n=3")).err, /--sizes belongs to one case/);
  assert.match(
    (await runCommand("bench", "peers", "--case", "matmul", "--sizes", "m=3")).err,
    /--sizes has "m", expected one of n/,
  );
  assert.match(
    (await runCommand("bench", "peers", "--contender", "tfjs")).err,
    /no contender called "tfjs"/,
  );
});
