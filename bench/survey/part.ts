/** Programs of this project that a part runs, by their path in the repository; `python3` is the system's. */
export const programs = {
  perturbine: "cli/main.ts",
  facts: "bench/survey/adapter_facts.ts",
  launchCost: "bench/survey/launch_cost.ts",
  goldens: "tests/golden/run.ts",
  tests: "tests/run.ts",
} as const;

/** One thing that a survey does, as a process of its own: what crashes or hangs costs its own figures only. */
export interface SurveyPart {
  readonly name: string;
  /** For the plan, in a few words. */
  readonly what: string;
  readonly program: keyof typeof programs | "python3";
  readonly words: readonly string[];
  /** On Dawn instead of Deno's own WebGPU. */
  readonly dawn?: boolean;
  /** What it leaves in the survey's folder. */
  readonly file: string;
  /** Whether the file is what it prints, rather than what it writes by itself. */
  readonly prints?: boolean;
  /** Variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** About how long it takes here. */
  readonly seconds: number;
  /** Why it cannot be done here, in one clause; undefined where it can. */
  readonly lacking?: string;
}

/** What became of a part. */
export type PartState =
  /** It ended well. */
  | "done"
  /** It ended, and found something wrong. */
  | "wrong"
  /** It ended without a result. */
  | "failed"
  /** Its time was up. */
  | "stopped"
  /** It cannot be done here. */
  | "lacking";

/** One line of `survey.json`. */
export interface PartRow {
  readonly name: string;
  readonly state: PartState;
  readonly seconds: number;
  /** What it came to, in one clause. */
  readonly said: string;
  /** Its file, where it left one. */
  readonly file: string | null;
  /** What ran. */
  readonly command: string;
  /** ISO time at which it ended. */
  readonly ended: string;
}

/** Whether a later call leaves a part as it is: there is a result, good or bad. */
export function isResult({ state }: Pick<PartRow, "state">): boolean {
  return state === "done" || state === "wrong";
}
