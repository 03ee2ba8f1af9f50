import { type AdapterClass, loop } from "../descriptor.ts";
import treeCode from "./workgroup.wgsl" with { type: "text" };

/** Whether a thread or a workgroup of 64 goes over a row. */
export type RowShape = "thread" | "workgroup";

/**
 * A thread a row in software, where a barrier costs more than it saves, unless rows are so long that one running sum loses
 * digits, or a driver stops its loop; a workgroup a row on a GPU, unless rows have no more than `shortest` values.
 */
export function rowShape(adapterClass: AdapterClass, width: number, shortest = 0): RowShape {
  return width <= (adapterClass === "software" ? 2048 : shortest) ? "thread" : "workgroup";
}

/** Loop iterations of one `workgroup_sum` or `workgroup_max`: those of the form with subgroups of four, the smallest there are. */
export function workgroupLoops(threads: number): number {
  return loop(threads / 4);
}

/** A kernel's WGSL with `workgroup_sum(lane, value)` and `workgroup_max`: it declares `THREADS` and `Summand`. */
export function withWorkgroupSums(code: string): string {
  return `${treeCode}\n${code}`;
}
