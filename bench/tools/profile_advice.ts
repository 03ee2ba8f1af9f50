import type { ProfiledCall } from "./profile_calls.ts";
import { tunedWorks } from "./tuned/mod.ts";

/** How many calls are told. */
const told = 5;

/** What each limiter asks for. */
const remedies: Readonly<Record<NonNullable<ProfiledCall["limiter"]>, string>> = {
  launch: "as short as an empty launch: fuse it into its neighbours or batch more",
  memory: "memory sets its bound: read less, keep more in registers, or fuse it with what reads its result",
  arithmetic: "arithmetic sets its bound: do less, or more of it a load",
};

/** Kernels whose variants the tuner knows, by the part of a tunable's name before the point. */
const tunable: Readonly<Record<string, RegExp>> = {
  matmul: /^matmul_/,
  csg2a: /^csg2a_/,
  dotAttention: /^(dot_|attention_|gene_attention)/,
  additiveAttention: /^additive_/,
};

/** What to do: the calls that cost most above their roofline, each with shape, layer, limiter and the next command. */
export function profileAdvice(calls: readonly ProfiledCall[], command: string): string {
  const known = calls.filter(({ ms_above_roofline }) => ms_above_roofline !== null);
  if (known.length === 0) return "";
  const worst = known.toSorted((a, b) => b.ms_above_roofline! - a.ms_above_roofline!).slice(0, told);
  const whole = calls.reduce((sum, { ms }) => sum + ms, 0);
  const lines = worst.map((call, k) => {
    const { kernel, phase, operation, layer, sizes, ms, ms_above_roofline: above, limiter } = call;
    const choice = tunedWorks.find((work) => tunable[work.tunable.name.split(".")[0]]?.test(kernel));
    const next = [
      `perturbine kernel dump ${kernel} --call ${call.call} -- ${command.replace(/^perturbine /, "")}`,
      ...choice ? [`perturbine tune -- ${command.replace(/^perturbine /, "")} (${choice.tunable.name})`] : [],
    ];
    return `${k + 1}. ${kernel}, call ${call.call} (${operation}, ${phase}${layer ? `, ${layer}` : ""}; ${
      sizes.split(" ").slice(0, 6).join(" ")
    }): ` +
      `${ms.toPrecision(3)} ms, ${above!.toPrecision(3)} above its roofline, ` +
      `${(100 * above! / whole).toPrecision(2)} % of the step; ${limiter}: ${remedies[limiter!]}.\n` +
      next.map((text) => `     ${text}`).join("\n");
  });
  return `What to do, by time above the roofline:\n${lines.join("\n")}`;
}
