import type { ProfiledCall } from "./profile_calls.ts";
import { tunedWorkOf, type VariantTimes } from "./variant_times.ts";

/** How many calls are told. */
const told = 5;

/** What each limiter asks for. */
const remedies: Readonly<Record<NonNullable<ProfiledCall["limiter"]>, string>> = {
  launch: "as short as an empty launch: fuse it into its neighbours or batch more",
  memory: "memory sets its bound: read less, keep more in registers, or fuse it with what reads its result",
  arithmetic: "arithmetic sets its bound: do less, or more of it a load",
};

/** The calls that cost most above their roofline; none where that was not measured. */
export function worstCalls(calls: readonly ProfiledCall[]): ProfiledCall[] {
  const known = calls.filter(({ ms_above_roofline }) => ms_above_roofline !== null);
  return known.toSorted((a, b) => b.ms_above_roofline! - a.ms_above_roofline!).slice(0, told);
}

/**
 * What to do: the calls that cost most above their roofline, each with shape, tensors, layer, limiter, the times of its variants
 * where they are known, and the next command.
 */
export function profileAdvice(
  calls: readonly ProfiledCall[],
  command: string,
  variants: ReadonlyMap<ProfiledCall, VariantTimes> = new Map(),
): string {
  const worst = worstCalls(calls);
  if (worst.length === 0) return "";
  const whole = calls.reduce((sum, { ms }) => sum + ms, 0);
  const lines = worst.map((call, k) => {
    const { kernel, phase, operation, layer, sizes, ms, ms_above_roofline: above, limiter } = call;
    const choice = tunedWorkOf(kernel);
    const times = variants.get(call);
    const next = [
      `perturbine kernel dump ${kernel} --call ${call.call} -- ${command.replace(/^perturbine /, "")}`,
      ...choice && times?.source !== "the tuner's table"
        ? [`perturbine tune -- ${command.replace(/^perturbine /, "")} (${choice.tunable.name})`]
        : [],
    ];
    return `${k + 1}. ${kernel}, call ${call.call} (${operation}, ${phase}${layer ? `, ${layer}` : ""}; ${
      sizes.split(" ").slice(0, 6).join(" ")
    }): ` +
      `${ms.toPrecision(3)} ms, ${above!.toPrecision(3)} above its roofline, ` +
      `${(100 * above! / whole).toPrecision(2)} % of the step; ${limiter}: ${remedies[limiter!]}.\n` +
      `     ${call.reads || "nothing"} -> ${call.writes}\n` +
      (times ? `     ${variantsText(times)}\n` : "") +
      next.map((text) => `     ${text}`).join("\n");
  });
  return `What to do, by time above the roofline:\n${lines.join("\n")}`;
}

function variantsText({ tunable, shape, source, variants }: VariantTimes): string {
  const told = variants.map(({ choice, ms }) => `${choice} ${ms === null ? "wrong" : ms.toPrecision(3)}`);
  return `${tunable} at ${shape}, ms by ${source === "measured now" ? "a short race now" : source}: ${
    told.join(", ")
  }`;
}
