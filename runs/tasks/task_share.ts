import { SettingsError } from "../errors.ts";

/** Which tasks of a list a process brings to their end. */
export type TaskShare =
  /** Every `of`-th from `part` on. */
  | { readonly part: number; readonly of: number }
  /** The one that an array job has for it. */
  | { readonly element: number }
  /** Whatever no other process holds. */
  | "any";

/** Where schedulers say which element of an array a job is. */
const variables = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

/**
 * Reads `3/10` (every tenth task from number 3, counted from 0), `array` (the element that Slurm or Kubernetes names, a task each),
 * `array/10` (that element of ten) or `any`.
 *
 * @param variable reads the environment.
 * @throws {SettingsError} saying what was expected.
 */
export function taskShare(
  word: string,
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): TaskShare {
  if (word === "any") return "any";
  const [, first, count] = /^(\d+|array)(?:\/(\d+))?$/.exec(word) ?? [];
  if (first === undefined || (first !== "array" && count === undefined)) {
    throw new SettingsError(
      `--task ${word}: expected I/N such as 0/10, array, array/N, or any (whatever no other process holds).`,
    );
  }
  if (Number(count) === 0) {
    throw new SettingsError(
      `--task ${word}: found 0 parts, expected at least 1; give the number of processes after the stroke, such as ${first}/10.`,
    );
  }
  const element = first === "array" ? arrayElement(variable) : Number(first);
  if (count === undefined) return { element };
  if (element >= Number(count)) {
    throw new SettingsError(
      `--task ${word}: part ${element} of ${count} does not exist; they are counted from 0 to ${
        Number(count) - 1
      }.`,
    );
  }
  return { part: element, of: Number(count) };
}

/** The scheduler whose array this process belongs to, as its variable; undefined: none. */
export function arrayVariable(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string | undefined {
  return variables.find((name) => variable(name) !== undefined);
}

function arrayElement(variable: (name: string) => string | undefined): number {
  const name = arrayVariable(variable);
  if (name === undefined) {
    throw new SettingsError(
      `--task array: none of ${variables.join(", ")} is set, so this is no array job; give --task I/N.`,
    );
  }
  const value = variable(name)!;
  if (!/^\d+$/.test(value)) {
    throw new SettingsError(`--task array: ${name} is "${value}"; expected a whole number from 0.`);
  }
  return Number(value);
}

/**
 * The numbers of a share's tasks in a list of `count`, in the order in which they are tried.
 *
 * @throws {SettingsError} when an array's element is beyond the list.
 */
export function numbersOf(share: TaskShare, count: number): number[] {
  const all = Array.from({ length: count }, (_, number) => number);
  if (share === "any") return all;
  if ("part" in share) return all.filter((number) => number % share.of === share.part);
  if (share.element < count) return [share.element];
  throw new SettingsError(
    `--task array: element ${share.element} was asked for, and there are ${count} tasks, 0 to ${
      count - 1
    }; give the ` +
      `array so many elements (Slurm: --array=0-${count - 1}), or give each its part with --task array/N.`,
  );
}
