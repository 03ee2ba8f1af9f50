import keptAll from "./kept_all.wgsl" with { type: "text" };
import keptDrawn from "./kept_drawn.wgsl" with { type: "text" };
import code from "./random.wgsl" with { type: "text" };

/** WGSL of the counter-based generator, for kernels that draw random numbers (they bind `step`). */
export const randomCode: string = code;

/** WGSL of `kept(at, value)`, dropout behind a kernel whose `Params` have `site` and `rate`, or none. */
export function keptCode(dropout: boolean): string {
  return dropout ? `${code}\n${keptDrawn}` : keptAll;
}
