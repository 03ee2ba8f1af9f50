import treeCode from "./workgroup.wgsl" with { type: "text" };

/** A kernel's WGSL with `workgroup_sum(lane, value)` and `workgroup_max`: it declares `THREADS` and `Summand`. */
export function withWorkgroupSums(code: string): string {
  return `${treeCode}\n${code}`;
}
