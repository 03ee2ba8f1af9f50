import { impossible } from "./impossible.ts";
import type { KernelRow } from "./kernel_row.ts";
import { type Roofline, rooflineShare } from "./roofline/roofline.ts";

/**
 * Where a row stands under the ceilings: its share of them, and why it cannot be where it stands above. Both as fast as the
 * machine was beside the row's repeats, which the canary tells: load that slows a kernel slows its ceilings.
 */
export function placed(
  { gflops, gbs, gflops_done, gbs_done, canary_ms }: Pick<
    KernelRow,
    "gflops" | "gbs" | "gflops_done" | "gbs_done" | "canary_ms"
  >,
  roofline: Roofline | undefined,
): Pick<KernelRow, "roofline_share" | "flag"> {
  if (!roofline) return { roofline_share: null, flag: null };
  const speed = canary_ms && roofline.canary_ms ? roofline.canary_ms / canary_ms : 1;
  // Nothing is called impossible because the canary was held up more than the kernel beside it.
  const most = Math.max(1, speed);
  const now = { gflops: speed * roofline.gflops, gbs: speed * roofline.gbs };
  const done = { gflops: gflops_done ?? gflops, gbs: gbs_done ?? gbs };
  return {
    roofline_share: rooflineShare({ gflops, gbs }, now),
    flag: impossible({ gflops, gbs }, roofline, most) ?? impossible(done, roofline, most) ?? null,
  };
}
