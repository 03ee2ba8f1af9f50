import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import type { BenchMachine } from "../bench_file.ts";
import type { DawnFacts } from "./adapter_facts.ts";
import type { PartRow } from "./part.ts";

/** `survey.json`: what a survey has done so far, rewritten after every part. */
export interface SurveyFile {
  readonly format: "perturbine survey 1";
  readonly machine: BenchMachine;
  readonly quick: boolean;
  /** What Dawn tells of the adapter; null where it finds none, for the reason beside. */
  readonly dawn: DawnFacts | null;
  readonly noDawn: string | null;
  readonly parts: readonly PartRow[];
}

/** Where it lies. */
export function surveyPath(folder: string): string {
  return `${folder}/survey.json`;
}

/** Reads a survey; undefined where the folder holds none. @throws {UserError} where the file is no survey */
export async function readSurvey(folder: string): Promise<SurveyFile | undefined> {
  const path = surveyPath(folder);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UserError(`${path} cannot be read (${(error as Error).message}); check its permissions.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { format, machine, parts } = (value ?? {}) as Partial<SurveyFile>;
  if (format === "perturbine survey 1" && typeof machine?.adapter === "string" && Array.isArray(parts)) {
    return value as SurveyFile;
  }
  throw new UserError(`${path} holds no survey; give another --out, or remove the file.`);
}

/** Writes it. */
export async function writeSurvey(folder: string, survey: SurveyFile): Promise<void> {
  await writeFileAtomic(surveyPath(folder), JSON.stringify(survey, null, 1) + "\n");
}

/**
 * The survey of this machine that a folder holds, to be gone on with.
 *
 * @throws {UserError} where it is one of another adapter, driver, commit or form: figures of two would stand side by side
 */
export async function continuedSurvey(
  folder: string,
  machine: BenchMachine,
  quick: boolean,
): Promise<SurveyFile | undefined> {
  const found = await readSurvey(folder);
  if (!found) return undefined;
  const differing: [string, unknown, unknown][] = [
    ["adapter", found.machine.adapter, machine.adapter],
    ["driver", found.machine.driver, machine.driver],
    ["commit", found.machine.commit, machine.commit],
    ["form", found.quick ? "quick" : "whole", quick ? "quick" : "whole"],
  ];
  for (const [what, before, now] of differing) {
    if (before === now) continue;
    throw new UserError(
      `${folder} holds a survey of another ${what} ("${before ?? "unknown"}", here "${now ?? "unknown"}"); ` +
        "give another --out.",
    );
  }
  return found;
}
