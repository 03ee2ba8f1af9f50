import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { linesOf } from "./text_lines.ts";
import { attack, type Outcome, outcomes } from "./attack.ts";
import { counts } from "./counts.ts";
import { targets } from "./formats.ts";
import { longTests } from "../support/long_tests.ts";

/** `PERTURBINE_CAMPAIGN=FORMAT,...` takes some formats, so that the long form can be run in pieces. */
const chosen = Deno.env.get("PERTURBINE_CAMPAIGN")?.split(",");
/** `PERTURBINE_FIRST=NUMBER` begins at another input than the first: inputs that nobody has seen. */
const first = Number(Deno.env.get("PERTURBINE_FIRST") ?? 0);

/** Seconds without a word after which an input is said to hang: so many that a busy machine is waited for. */
const patience = 120;
/** Findings that were mended, `FORMAT-INPUT`. */
const fixtures = new URL("fixtures/", import.meta.url);
const script = fileURLToPath(new URL("attack.ts", import.meta.url));

type Counts = Record<Outcome | "hang", number>;
interface Finding {
  readonly format: string;
  readonly input: number;
  readonly outcome: string;
  readonly said: string;
}

/** Inputs between two words of a child. */
const stride = 50;

const none = (): Counts => Object.fromEntries([...outcomes, "hang"].map((one) => [one, 0])) as Counts;

/** Attacks a format in child processes: one that hangs is ended, its input named, and another goes on behind it. */
async function attacked(format: string, count: number): Promise<{ counts: Counts; findings: Finding[] }> {
  const total = none(), findings: Finding[] = [];
  const end = first + count;
  for (let next = first, between = stride; next < end;) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "-A", "--no-check", "--v8-flags=--max-old-space-size=2048", script],
        ...[format, String(next), String(end - next), String(between)],
      ],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const errors = new Response(child.stderr).text();
    let done = none(), stalled = false, timer: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        child.kill("SIGKILL");
      }, 1000 * patience);
    };
    const begun = next;
    watch();
    for await (const line of linesOf(child.stdout)) {
      watch();
      const said = JSON.parse(line);
      if (said.finding) findings.push(said.finding);
      else {
        done = { ...none(), ...said.counts };
        next = said.next;
      }
    }
    clearTimeout(timer);
    const { code } = await child.status;
    for (const outcome of outcomes) total[outcome] += done[outcome];
    if (stalled && between === 1) {
      total.hang++;
      findings.push({ format, input: next, outcome: "hang", said: `no word for ${patience} s` });
      next++;
    } // One by one where it stalled or died, then in strides again.
    else if (!stalled && code !== 0) assert.fail(`${format}, behind input ${next}: ${await errors}`);
    between = stalled && between > 1 && next >= begun ? 1 : stride;
    await errors;
  }
  return { counts: total, findings };
}

Deno.test("damaged files of every format are refused in a sentence or read, none ends in a raw exception or without end", async () => {
  const queue = targets.filter(({ name }) => chosen?.includes(name) ?? true)
    .map(({ name }) => ({ name, count: counts[name][longTests ? 1 : 0] })).filter(({ count }) => count > 0);
  const lines: string[] = [], faults: Finding[] = [];
  const sum = none();
  await Promise.all([0, 1].map(async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { counts, findings } = await attacked(job.name, job.count);
      for (const outcome of Object.keys(sum) as Outcome[]) sum[outcome] += counts[outcome];
      lines.push(
        `${job.name}: ${
          Object.entries(counts).filter(([, n]) => n > 0).map((pair) => pair.reverse().join(" ")).join(", ")
        }`,
      );
      if (longTests) console.log(lines.at(-1));
      faults.push(...findings);
      if (longTests) { for (const finding of findings) console.log(JSON.stringify(finding)); }
    }
  }));
  const inputs = Object.values(sum).reduce((a, b) => a + b, 0);
  console.log(`${inputs} inputs: ${Object.entries(sum).map((pair) => pair.reverse().join(" ")).join(", ")}`);
  assert.deepEqual(faults.slice(0, 5), []);
  if (!longTests && chosen === undefined) assert.equal(inputs, 20_000);
});

Deno.test("inputs that once ended in a raw exception, without end or with the memory full are refused in a sentence", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const { name } of Deno.readDirSync(fixtures)) {
      const target = targets.find((one) => one.name === name.replace(/-\d+$/, ""));
      assert.ok(target, name);
      const { outcome, error } = await attack(
        target,
        folder,
        await Deno.readFile(new URL(name, fixtures)),
        "",
      );
      assert.equal(outcome, "refused", `${name}: ${error}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
