/**
 * Reads damaged inputs of one format, in a process of its own: `attack.ts FORMAT FIRST COUNT BETWEEN`. Says on its output every
 * finding at once, and after so many inputs how far it came and how many ended in which way.
 */
import process from "node:process";
import { CheckpointError } from "../../host/checkpoint/mod.ts";
import { EndlessError, secondsFor } from "../../datasets/readers/time_limit.ts";
import { UserError } from "../../datasets/user_error.ts";
import { targets } from "./formats.ts";
import type { Target } from "./target.ts";
import { Draws } from "./random.ts";

/** How an input ended. The last four are faults. */
export const outcomes = [
  ...["refused", "accepted the same", "accepted with another meaning"],
  ...["raw exception", "long message", "slow", "memory"],
] as const;
/** One of them. */
export type Outcome = typeof outcomes[number];

/** Seconds of processor time that an input may take: little more than after what a library that never comes back is stopped. */
const slowest = secondsFor(0) + 2;
const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
/** Bytes by which an input may make the process grow. */
const largest = 1 << 30;
/** What a sound file means, as text. */
export function meaning(value: unknown): string {
  return JSON.stringify(value, (_, item) => {
    if (typeof item === "bigint") return `${item}n`;
    if (item instanceof Map || item instanceof Set) return [...item];
    return ArrayBuffer.isView(item) ? Array.from(item as Float32Array, String).join() : item;
  }) ?? "nothing";
}

/** Reads one input and says how it ended. */
export async function attack(
  target: Target,
  folder: string,
  bytes: Uint8Array<ArrayBuffer>,
  sound: string,
): Promise<{ outcome: Outcome; error?: unknown }> {
  const place = `${folder}/${target.file ?? "bytes"}`;
  if (target.file) await Deno.writeFile(place, bytes);
  const begun = processorSeconds();
  let outcome: Outcome, error: unknown;
  try {
    outcome = meaning(await target.read(place, bytes)) === sound
      ? "accepted the same"
      : "accepted with another meaning";
  } catch (caught) {
    error = caught;
    const clean = caught instanceof UserError || caught instanceof CheckpointError ||
      isOneSentence(target, caught);
    outcome = !clean ? "raw exception" : (caught as Error).message.length > 2100 ? "long message" : "refused";
  }
  const seconds = processorSeconds() - begun;
  if (seconds > slowest) return { outcome: "slow", error: new Error(`${seconds.toFixed(1)} s`) };
  if (seconds > 0.2 && Deno.memoryUsage().rss > largest) {
    return { outcome: "memory", error: new Error(`${Deno.memoryUsage().rss} bytes`) };
  }
  return { outcome, error };
}

/** The tuning table's reader says its faults by plain errors, and says so. */
function isOneSentence({ name }: Target, error: unknown): boolean {
  return name === "tuning" && error instanceof Error && error.constructor === Error;
}

if (import.meta.main) {
  const [name, first, count, between] = Deno.args;
  const target = targets.find((one) => one.name === name)!;
  const folder = await Deno.makeTempDir();
  try {
    const whole = await target.make(folder);
    if (target.file) await Deno.writeFile(`${folder}/${target.file}`, whole);
    const sound = meaning(await target.read(`${folder}/${target.file ?? "bytes"}`, whole));
    const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
    let end = Number(first) + Number(count);
    for (let input = Number(first); input < end; input++) {
      if ((input - Number(first)) % Number(between) === 0) {
        console.log(JSON.stringify({ next: input, counts }));
      }
      const bytes = target.mutate(whole, new Draws(target.name, input));
      const { outcome, error } = await attack(target, folder, bytes, sound);
      counts[outcome]++;
      // A library that was stopped is not used again: what is left is for another process.
      if (error instanceof EndlessError) end = input + 1;
      if (outcomes.indexOf(outcome) >= 3) {
        const said = error instanceof Error ? error.stack ?? error.message : String(error);
        console.log(JSON.stringify({ finding: { format: name, input, outcome, said: said.slice(0, 600) } }));
      }
    }
    console.log(JSON.stringify({ next: end, counts }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
