import { type Axis, axisOf, place } from "./axis.ts";
import { type Markup, markup } from "./markup.ts";
import { percent } from "./numbers.ts";

/** An axis with zero in it, for bars to both sides. */
export function signedAxis(values: readonly number[]): Axis {
  return axisOf([0, ...values]);
}

/** A bar from zero to a value. */
export function signedBar(axis: Axis, value: number): Markup {
  const [zero, end] = [place(axis, 0), place(axis, value)];
  const [from, to] = value < 0 ? [end, zero] : [zero, end];
  return markup`<span class="signed" aria-hidden="true"><u style="left:${zero}"></u><i class="${
    value < 0 ? "down" : "up"
  }" style="left:${from};right:calc(100% - ${to})"></i></span>`;
}

/** A share as a bar, full at `largest`, and in words. */
export function shareBar(share: number, largest: number, colour = "var(--model)"): Markup {
  const width = (100 * share / largest).toFixed(1);
  return markup`<span class="bar"><span style="width:${width}%;background:${colour}"></span></span>${
    percent(share)
  }`;
}

/** What lies on a track: the rule that others are compared with, a dot, and the bar of its interval where there is one. */
export function marks(
  axis: Axis,
  { rule, at, bounds, tone = "", shape = "" }: {
    readonly rule: number;
    readonly at: number;
    readonly bounds?: readonly [number, number] | null;
    /** Class of the bar. */
    readonly tone?: string;
    /** Class of the dot. */
    readonly shape?: string;
  },
): Markup {
  const bar = bounds &&
    markup`<i class="${tone}" style="left:${place(axis, bounds[0])};right:calc(100% - ${
      place(axis, bounds[1])
    })"></i>`;
  return markup`<u style="left:${place(axis, rule)}"></u>${bar}<b class="${shape}" style="left:${
    place(axis, at)
  }"></b>`;
}
