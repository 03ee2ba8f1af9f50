import { isResult, type PartRow, type SurveyPart } from "./part.ts";
import { commandOf, type PartEnd, runPart } from "./run_part.ts";
import { outcomeOf } from "./said.ts";

/** Share of a part's estimate that must be left of the time for it to be begun. */
const worthwhile = 0.6;

/** How a survey goes over its parts. */
export interface SurveyRun {
  readonly folder: string;
  /** Seconds for all of it. */
  readonly seconds: number;
  /** What earlier calls have done. */
  readonly before: readonly PartRow[];
  readonly signal?: AbortSignal;
  /** Runs a part; tests replace it. */
  readonly run?: typeof runPart;
  onBegin?(part: SurveyPart, leftSeconds: number): void;
  /** Called after every part with all rows so far: the place to keep them. */
  onRow?(row: PartRow, rows: readonly PartRow[]): Promise<void> | void;
}

/** What a survey came to. */
export interface SurveyEnd {
  readonly rows: readonly PartRow[];
  /** Parts for which no time was left. */
  readonly left: readonly SurveyPart[];
}

/**
 * Goes over parts in their order until the time is up. What has a result from an earlier call stays; what does not fit into
 * the time that is left is passed over for what does.
 */
export async function runSurvey(parts: readonly SurveyPart[], run: SurveyRun): Promise<SurveyEnd> {
  const ends = performance.now() + 1000 * run.seconds;
  const rows = new Map(run.before.map((row) => [row.name, row]));
  const left: SurveyPart[] = [];
  for (const part of parts) {
    const known = rows.get(part.name);
    if (known && isResult(known)) continue;
    const seconds = (ends - performance.now()) / 1000;
    if (part.lacking === undefined && (run.signal?.aborted || seconds < worthwhile * part.seconds)) {
      left.push(part);
      continue;
    }
    if (part.lacking === undefined) run.onBegin?.(part, seconds);
    const row = part.lacking === undefined
      ? await taken(part, run, seconds)
      : rowOf(part, { state: "lacking", said: part.lacking }, 0, null);
    rows.set(part.name, row);
    if (row.state === "stopped") left.push(part);
    await run.onRow?.(row, [...rows.values()]);
  }
  return { rows: [...rows.values()], left };
}

async function taken(part: SurveyPart, { folder, signal, run = runPart }: SurveyRun, seconds: number) {
  const path = `${folder}/${part.file}`;
  // What an earlier try left must not pass for this one's.
  await Deno.remove(path).catch(() => {});
  let end: PartEnd;
  try {
    end = await run(part, folder, seconds, signal);
  } catch (error) {
    const said = `it cannot be started (${(error as Error).message})`;
    return rowOf(part, { state: "failed", said }, 0, null);
  }
  const text = await Deno.readTextFile(path).catch(() => undefined);
  const outcome = outcomeOf(part, end, text);
  if (outcome.state !== "done") await Deno.writeTextFile(`${folder}/${part.name}.log`, end.out + end.error);
  return rowOf(part, outcome, end.seconds, text === undefined ? null : part.file);
}

function rowOf(
  part: SurveyPart,
  outcome: Pick<PartRow, "state" | "said">,
  seconds: number,
  file: string | null,
): PartRow {
  const command = [
    ...Object.entries(part.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ...commandOf(part).map((word, k) => k === 0 ? word.split("/").at(-1)! : word),
  ].join(" ");
  return {
    name: part.name,
    ...outcome,
    seconds: Math.round(10 * seconds) / 10,
    file,
    command,
    ended: new Date().toISOString(),
  };
}
