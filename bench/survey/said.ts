import type { PartState, SurveyPart } from "./part.ts";
import type { PartEnd } from "./run_part.ts";

/** What a part came to: its state, and one clause for people. */
export function outcomeOf(
  part: SurveyPart,
  { code, stopped, out, error }: PartEnd,
  /** Its file's text, where it left one in this call. */
  text: string | undefined,
): { readonly state: PartState; readonly said: string } {
  const complaint = complaintOf(error);
  if (stopped) return { state: "stopped", said: "its time was up, or the survey was stopped" };
  if (text === undefined) {
    return { state: "failed", said: complaint || `it ended with exit code ${code} and no file` };
  }
  const told = part.file.endsWith(".json") ? contents(text) : { said: lastLine(out), wrong: 0 };
  if (told === undefined) return { state: "failed", said: `${part.file} is no JSON` };
  if (code === 0 && told.wrong === 0) return { state: "done", said: told.said };
  return { state: "wrong", said: [told.said, complaint].filter(Boolean).join("; ") };
}

/** The last error that a process told, without what Deno adds. */
function complaintOf(error: string): string {
  const lines = error.split("\n").map((line) => line.trim());
  const line = lines.findLast((one) => /^(error:|\w*Error\b)/.test(one)) ?? "";
  return line.replace(/^error: /, "").slice(0, 300);
}

function lastLine(out: string): string {
  return out.trim().split("\n").at(-1)!.trim();
}

/** What a file of measurements holds, and how much of it is wrong; undefined where it is no JSON. */
function contents(text: string): { readonly said: string; readonly wrong: number } | undefined {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const counts = (["rows", "models", "entries", "figures", "files"] as const).flatMap((name) => {
    const list = value[name];
    return Array.isArray(list) && list.length > 0 ? [`${list.length} ${name}`] : [];
  });
  // Files of goldens say for themselves whether they hold; refused variants were wrong where an error was measured.
  const files = (value.files ?? []) as { readonly passed: boolean }[];
  const refused = (value.refused ?? []) as { readonly max_rel_error?: number | null }[];
  const wrong = files.filter(({ passed }) => !passed).length +
    refused.filter(({ max_rel_error }) => typeof max_rel_error === "number").length;
  return { said: `${counts.join(", ") || "nothing measured"}${wrong > 0 ? `, ${wrong} wrong` : ""}`, wrong };
}
