import Table from "cli-table3";
import type { Dispatch } from "../../engine/mod.ts";

/** One kernel of a step, with all its dispatches in one phase. */
export interface KernelUse {
  readonly kernel: string;
  readonly phase: string;
  /** Operations that record it. */
  readonly operations: readonly string[];
  readonly calls: number;
  /** Of its largest dispatch. */
  readonly workgroups: readonly [number, number, number];
  /** Of all calls, by the kernel's cost model. */
  readonly flops: number;
  readonly bytes: number;
}

/** The kernels of a step, in the order in which they first run. */
export function kernelUses(dispatches: readonly Dispatch[]): KernelUse[] {
  const groups = Map.groupBy(dispatches, ({ kernel, phase }) => `${kernel.name}\n${phase}`);
  return [...groups.values()].map((members): KernelUse => {
    const grids = members.map(({ kernel, uniforms }) => kernel.workgroups(uniforms));
    grids.sort((a, b) => b[0] * b[1] * b[2] - a[0] * a[1] * a[2]);
    const sum = (of: (dispatch: Dispatch) => number) =>
      members.reduce((total, member) => total + of(member), 0);
    return {
      kernel: members[0].kernel.name,
      phase: members[0].phase,
      operations: [...new Set(members.map(({ operation }) => operation))],
      calls: members.length,
      workgroups: grids[0],
      flops: sum(({ kernel, uniforms }) => kernel.flops(uniforms)),
      bytes: sum(({ kernel, uniforms }) => kernel.bytes(uniforms)),
    };
  });
}

/** The same for people. */
export function kernelUseTable(uses: readonly KernelUse[]): string {
  const table = new Table({
    head: ["kernel", "phase", "operation", "calls", "workgroups", "MFLOP", "MB"],
    colAligns: ["left", "left", "left", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { kernel, phase, operations, calls, workgroups, flops, bytes } of uses) {
    const [first, ...others] = operations;
    table.push([
      kernel,
      phase,
      others.length > 0 ? `${first} +${others.length}` : first,
      calls,
      workgroups.join(" x "),
      (flops / 1e6).toPrecision(3),
      (bytes / 1e6).toPrecision(3),
    ]);
  }
  return table.toString();
}
