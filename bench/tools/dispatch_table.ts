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

/** One dispatch of a step. */
export interface KernelCall {
  readonly kernel: string;
  /** Which of the kernel's dispatches, from 1: what `kernel dump --call` takes. */
  readonly call: number;
  readonly phase: string;
  readonly operation: string;
  readonly workgroups: readonly [number, number, number];
  readonly uniforms: Readonly<Record<string, number>>;
  /** What it binds, as the step names it; what it writes first. */
  readonly tensors: readonly string[];
  readonly flops: number;
  readonly bytes: number;
}

/** Every dispatch of a step, in order. */
export function kernelCalls(dispatches: readonly Dispatch[]): KernelCall[] {
  const seen = new Map<string, number>();
  return dispatches.map(({ kernel, compiled, bindings, phase, operation, uniforms }) => {
    const call = (seen.get(kernel.name) ?? 0) + 1;
    seen.set(kernel.name, call);
    const sorted = bindings.toSorted((a, b) => Number(b.writes) - Number(a.writes));
    return {
      kernel: kernel.name,
      call,
      phase,
      operation,
      workgroups: [...kernel.workgroups(uniforms)],
      uniforms: Object.fromEntries(compiled.layout.fields.map(({ name }) => [name, uniforms[name]])),
      tensors: sorted.map(({ tensor }) => String(tensor)),
      flops: kernel.flops(uniforms),
      bytes: kernel.bytes(uniforms),
    };
  });
}

/** The same for people: a line a call, with the number that `--call` takes and the sizes that tell calls apart. */
export function kernelCallTable(calls: readonly KernelCall[]): string {
  const table = new Table({
    head: ["kernel", "call", "phase", "operation", "workgroups", "sizes", "writes", "MFLOP", "MB"],
    colAligns: ["left", "right", "left", "left", "right", "left", "left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { kernel, call, phase, operation, workgroups, uniforms, tensors, flops, bytes } of calls) {
    const sizes = Object.entries(uniforms).map(([name, value]) => `${name}=${value}`).join(" ");
    table.push([
      kernel,
      call,
      phase,
      operation,
      workgroups.join(" x "),
      sizes.length > 60 ? `${sizes.slice(0, 59)}…` : sizes,
      tensors[0] ?? "",
      (flops / 1e6).toPrecision(3),
      (bytes / 1e6).toPrecision(3),
    ]);
  }
  return table.toString();
}
