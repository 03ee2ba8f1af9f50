import Table from "cli-table3";
import type { ProfiledCall } from "./profile_calls.ts";

/** A node of the tree: a layer, an operation in it, or a kernel in that. */
export interface ProfileNode {
  readonly name: string;
  readonly calls: number;
  /** Milliseconds a step of everything below. */
  readonly ms: number;
  readonly flops: number;
  readonly bytes: number;
  /** Milliseconds above the roofline; null where it was not measured. */
  readonly ms_above_roofline: number | null;
  /** Sizes of its calls and the tensors that they write; of kernels only. */
  readonly sizes: readonly string[];
  readonly writes: readonly string[];
  readonly children: readonly ProfileNode[];
}

/** What binds no parameter: activations, losses, reshapes between the layers. */
const between = "between layers";

/** The calls of a step by layer, operation and kernel, each level by time. */
export function profileTree(calls: readonly ProfiledCall[]): ProfileNode[] {
  return level(calls, [
    ({ layer }) => layer ?? between,
    ({ operation, phase }) => `${operation}, ${phase}`,
    ({ kernel }) => kernel,
  ]);
}

function level(
  calls: readonly ProfiledCall[],
  [name, ...deeper]: readonly ((call: ProfiledCall) => string)[],
): ProfileNode[] {
  if (!name) return [];
  const nodes = [...Map.groupBy(calls, name)].map(([title, members]): ProfileNode => {
    const sum = (of: (call: ProfiledCall) => number) => members.reduce((total, call) => total + of(call), 0);
    const above = members.every(({ ms_above_roofline }) => ms_above_roofline === null);
    return {
      name: title,
      calls: members.length,
      ms: sum(({ ms }) => ms),
      flops: sum(({ flops }) => flops),
      bytes: sum(({ bytes }) => bytes),
      ms_above_roofline: above ? null : sum(({ ms_above_roofline }) => ms_above_roofline ?? 0),
      sizes: deeper.length > 0 ? [] : distinct(members.map(({ sizes }) => sizes)),
      writes: deeper.length > 0 ? [] : distinct(members.map(({ writes }) => writes)),
      children: level(members, deeper),
    };
  });
  return nodes.sort((a, b) => b.ms - a.ms);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** Most characters of a cell of tensor names. */
const widest = 44;

function tensorsText(writes: readonly string[]): string {
  const [first = ""] = writes;
  const text = first.length > widest ? `${first.slice(0, widest - 1)}…` : first;
  return writes.length > 1 ? `${text} and ${writes.length - 1} more` : text;
}

/** The tree for people, `top` layers of it; operations below a hundredth of the step are left out. */
export function profileTreeText(tree: readonly ProfileNode[], top: number): string {
  const whole = tree.reduce((sum, { ms }) => sum + ms, 0);
  const table = new Table({
    head: [
      "layer / operation / kernel",
      "calls",
      "ms",
      "share",
      "MFLOP",
      "MB",
      "ms above roofline",
      "writes",
    ],
    colAligns: ["left", ...Array(6).fill("right"), "left"],
    style: { head: [], border: [], compact: true },
  });
  const add = (node: ProfileNode, depth: number) => {
    if (depth > 0 && node.ms < whole / 100) return;
    table.push([
      "  ".repeat(depth) + node.name,
      node.calls,
      node.ms.toPrecision(3),
      `${(100 * node.ms / whole).toPrecision(3)} %`,
      (node.flops / 1e6).toPrecision(3),
      (node.bytes / 1e6).toPrecision(3),
      node.ms_above_roofline === null ? "" : node.ms_above_roofline.toPrecision(3),
      tensorsText(node.writes),
    ]);
    for (const child of node.children) add(child, depth + 1);
  };
  for (const node of tree.slice(0, top)) add(node, 0);
  return table.toString();
}
