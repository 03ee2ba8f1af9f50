import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { takeBackend } from "../../cli/launcher/backend_option.ts";
import { requireDriver } from "../../host/swiftshader/swiftshader.ts";
import { dawnVersion } from "../../host/dawn/dawn.ts";
import { failureLines } from "../runner/failure_lines.ts";
import { readSummary, type Run, runTestFile } from "../runner/run_test_file.ts";

const launcher = fileURLToPath(new URL("../../cli/launch.ts", import.meta.url));

/** Runs a little program under the launcher, in a process of its own. */
async function launch(program: string, options: { env?: Record<string, string>; arguments?: string[] } = {}) {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, program);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", launcher, "run", "-q", "-A", file, ...options.arguments ?? []],
      env: { NO_COLOR: "1", ...options.env },
      stdin: "null",
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    return { code, stdout: decode(stdout), stderr: decode(stderr) };
  } finally {
    await Deno.remove(file);
  }
}

const nameAdapter =
  `const adapter = await navigator.gpu.requestAdapter(); console.log(adapter ? adapter.info.description || "unnamed" : "none");`;
const hasSwiftshader = Deno.build.os === "linux" && Deno.build.arch === "x86_64";

Deno.test("the launcher names the adapter that the program then finds, on the error stream", async () => {
  const { code, stdout, stderr } = await launch(nameAdapter);
  assert.equal(code, 0, stderr);
  assert.notEqual(stdout, "none");
  assert.match(stderr, /^Adapter: .+\.$/m);
});

Deno.test("--backend dawn, wherever it stands, starts the program on Dawn, and the program does not see it", async () => {
  const program = `const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    device.pushErrorScope("validation");
    device.createShaderModule({ code: "nonsense" });
    const error = await device.popErrorScope();
    console.log(navigator.gpu.implementation, Deno.args.join(), error !== null);
    Deno.exit(0);`;
  if (!hasSwiftshader) {
    return console.log("skipped: without a GPU Dawn needs SwiftShader, for x86-64 Linux only");
  }
  const { code, stdout, stderr } = await launch(program, {
    arguments: ["bench", "--backend", "dawn", "kernels"],
    env: { PERTURBINE_ADAPTER: "swiftshader" },
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Adapter: SwiftShader .*, through Dawn\.$/m);
  assert.equal(stdout, `Dawn of webgpu ${dawnVersion} bench,kernels true`);
  const unknown = await launch(program, { arguments: ["--backend=tint"] });
  assert.deepEqual([unknown.code, unknown.stderr], [1, 'error: --backend is "tint", expected wgpu or dawn.']);
});

Deno.test("--backend takes a whole name, and the last one given counts", () => {
  assert.deepEqual(takeBackend(["a", "--backend=dawn", "b", "--backend", "wgpu"]), {
    backend: "wgpu",
    rest: ["a", "b"],
  });
  assert.throws(
    () => takeBackend(["--backend=dawn=2"]),
    /^Error: --backend is "dawn=2", expected wgpu or dawn\.$/,
  );
  assert.throws(() => takeBackend(["a", "--backend"]), /^Error: --backend is "", expected wgpu or dawn\.$/);
});

Deno.test("--backend dawn keeps to the system's adapter when that is demanded, and tells doctor that there is none", async () => {
  const env = {
    VK_DRIVER_FILES: "/nonexistent",
    VK_ICD_FILENAMES: "/nonexistent",
    PERTURBINE_ADAPTER: "system",
  };
  if (Deno.build.os !== "linux") return console.log("skipped: these variables hide drivers on Linux only");
  const { code, stderr } = await launch(nameAdapter, { arguments: ["doctor", "--backend", "dawn"], env });
  if (/cannot be fetched from npm/.test(stderr)) return console.log(`skipped: ${stderr}`);
  assert.deepEqual([code, stderr], [
    1,
    "error: Dawn accepts no adapter that PERTURBINE_ADAPTER=system allows; leave --backend dawn out.",
  ]);
});

Deno.test("a forced SwiftShader is found by the program and called a software driver", async () => {
  if (!hasSwiftshader) return console.log("skipped: SwiftShader comes for x86-64 Linux only");
  const { code, stdout, stderr } = await launch(nameAdapter, { env: { PERTURBINE_ADAPTER: "swiftshader" } });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /SwiftShader/);
  assert.match(
    stderr,
    /Adapter: SwiftShader from npm, a software driver on the CPU: same results, but tens of times slower/,
  );
});

Deno.test("a SwiftShader in the cache that is not the npm package's is not loaded", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/libvk_swiftshader.so`, "another");
    await assert.rejects(
      requireDriver(folder),
      /libvk_swiftshader\.so has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64} as in the npm package; it is not loaded/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without any Vulkan driver the launcher falls back to SwiftShader, unless the system's adapter is demanded", async () => {
  if (!hasSwiftshader) return console.log("skipped: SwiftShader comes for x86-64 Linux only");
  const nowhere = {
    VK_DRIVER_FILES: "/nonexistent",
    VK_ICD_FILENAMES: "/nonexistent",
    PERTURBINE_ADAPTER: "",
  };
  const free = await launch(nameAdapter, { env: nowhere });
  assert.match(free.stdout, /SwiftShader/, free.stderr);
  const forced = await launch(nameAdapter, { env: { ...nowhere, PERTURBINE_ADAPTER: "system" } });
  assert.equal(forced.code, 1);
  assert.match(
    forced.stderr,
    /^error: No system WebGPU adapter was found; install your GPU's Vulkan driver, .*apt-get/,
  );
});

Deno.test("an unknown PERTURBINE_ADAPTER is refused in one sentence", async () => {
  const { code, stderr } = await launch(nameAdapter, { env: { PERTURBINE_ADAPTER: "cuda" } });
  assert.equal(code, 1);
  assert.match(stderr, /^error: PERTURBINE_ADAPTER is "cuda", expected system or swiftshader/);
});

Deno.test("arguments and exit codes pass through, and a help text stands alone", async () => {
  const program = `console.log(JSON.stringify(Deno.args)); Deno.exit(Deno.args.length);`;
  const { code, stdout } = await launch(program, { arguments: ["a b", "--json", "-x"] });
  assert.deepEqual([code, stdout], [3, `["a b","--json","-x"]`]);
  const help = await launch(program, { arguments: ["--help"] });
  assert.equal(help.stderr, "");
});

Deno.test("a signal to the launcher reaches the program once, however often it is sent", async () => {
  if (Deno.build.os === "windows") return console.log("skipped: Windows has no such signals");
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    program,
    `let count = 0;
     Deno.addSignalListener("SIGINT", () => { if (count++ === 0) setTimeout(() => Deno.exit(40 + count), 400); });
     setTimeout(() => Deno.exit(9), 20_000);
     console.log("ready");`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", launcher, "run", "-q", "-A", program],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const first = await reader.read();
  assert.match(new TextDecoder().decode(first.value), /ready/, first.done ? await errors : "");
  child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  const { code } = await child.status;
  await reader.cancel();
  await errors;
  await Deno.remove(program);
  // On a terminal the launcher leaves SIGINT to the terminal, which here has sent none.
  assert.equal(code, Deno.stderr.isTerminal() ? 9 : 41);
});

Deno.test("the test runner reads Deno's summary, and runs a file again that crashed after its tests had passed", async () => {
  assert.deepEqual(readSummary("ok | 3 passed (2 steps) | 0 failed (1s)\n"), {
    passed: 3,
    failed: 0,
    ignored: 0,
  });
  assert.deepEqual(readSummary("x\nFAILED | 16 passed | 2 failed | 1 ignored (2s)"), {
    passed: 16,
    failed: 2,
    ignored: 1,
  });
  assert.equal(readSummary("error: Uncaught"), undefined);

  const passed = { passed: 5, failed: 0, ignored: 0 };
  const runs = (...list: Run[]) => () => Promise.resolve(list.shift()!);
  const crashed = await runTestFile(
    "x_test.ts",
    [],
    runs({ code: 134, summary: passed, output: "" }, { code: 0, summary: passed, output: "" }),
  );
  assert.deepEqual([crashed.passed, crashed.failed], [5, 0]);
  assert.match(
    crashed.notes.join(),
    /all 5 tests passed, then the process crashed while leaving \(exit 134\).* run once more/,
  );
  const twice = await runTestFile(
    "x_test.ts",
    [],
    runs({ code: 139, summary: passed, output: "" }, { code: 139, summary: passed, output: "" }),
  );
  assert.equal(twice.failed, 1);
  // A crash in the middle, or with failures, is no teardown crash.
  assert.equal((await runTestFile("x_test.ts", [], runs({ code: 134, output: "" }))).failed, 1);
  const failing = await runTestFile(
    "x_test.ts",
    [],
    runs({ code: 134, summary: { passed: 1, failed: 2, ignored: 0 }, output: "" }),
  );
  assert.equal(failing.failed, 2);
});

Deno.test("a test file that ends its process early counts as failed, and what it skips is shown", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/dead_test.ts`, `Deno.test("dies", () => Deno.exit(3));`);
    const dead = await runTestFile(`${folder}/dead_test.ts`);
    assert.equal(dead.failed, 1, dead.output);
    await Deno.writeTextFile(
      `${folder}/skip_test.ts`,
      `Deno.test("skips", () => console.log("skipped: no data"));
       Deno.test({ name: "is ignored", ignore: true, fn() {} });
       Deno.test("talks ... ok", () => console.log("nothing is skipped: all is there ... ok"));
       Deno.test("skips in a step", async (t) => {
         await t.step("inside", () => console.log("skipped: no data"));
       });
       console.log("skipped: said outside of a test");`,
    );
    const skipping = await runTestFile(`${folder}/skip_test.ts`);
    assert.deepEqual([skipping.passed, skipping.failed, skipping.skipped], [1, 0, 3], skipping.output);
    assert.deepEqual(skipping.notes, ["skipped: said outside of a test", "skipped: no data"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what failed is said in few lines: place, name and message of each test, steps too, without its stack", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/failing_test.ts`;
    await Deno.writeTextFile(
      file,
      `Deno.test("is wrong => twice", () => { throw new Error("3 rows\\n\\nexpected 4"); });
       Deno.test("passes", () => console.log(" ERRORS "));
       Deno.test("has steps", async (t) => { await t.step("inside", () => { throw new TypeError("no number"); }); });
       Deno.test("says much", () => { throw new Error("line\\n".repeat(100)); });`,
    );
    const lines = failureLines(await runTestFile(file));
    assert.deepEqual(lines.slice(0, 3), [
      `${file}:1:6 is wrong => twice`,
      "    error: Error: 3 rows",
      "    expected 4",
    ]);
    const step = lines.findIndex((line) => line.includes("has steps"));
    assert.match(lines[step], /^\S+_test\.ts:3:\d+ has steps \.\.\. inside$/);
    assert.equal(lines[step + 1], "    error: TypeError: no number");
    assert.ok(lines.length < 25, lines.join("\n"));

    const crashed = await runTestFile("x_test.ts", [], () => {
      return Promise.resolve({ code: 139, output: "running 2 tests\n\nno device\n" });
    });
    assert.deepEqual(failureLines(crashed), [
      "x_test.ts",
      "    the process ended with exit code 139",
      "    running 2 tests",
      "    no device",
    ]);
    await Deno.writeTextFile(file, `Deno.test("is well", () => {});`);
    assert.deepEqual(failureLines(await runTestFile(file)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
