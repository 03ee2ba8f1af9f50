import type { Timestamps } from "./timestamps.ts";

/** One dispatch, ready to be encoded. */
export interface Command {
  /** Compiled kernel. */
  readonly pipeline: GPUComputePipeline;
  /** What it binds. */
  readonly group: GPUBindGroup;
  /** Workgroups along x. */
  readonly x: number;
  /** Workgroups along y. */
  readonly y: number;
  /** Workgroups along z. */
  readonly z: number;
}

/** Encodes a range of commands into a pass. */
export function encode(
  pass: GPUComputePassEncoder,
  commands: readonly Command[],
  from = 0,
  to = commands.length,
): void {
  let bound: GPUComputePipeline | undefined;
  for (let k = from; k < to; k++) {
    const { pipeline, group, x, y, z } = commands[k];
    if (pipeline !== bound) pass.setPipeline(bound = pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
  }
}

/** Every group in a pass of its own, between two timestamps. */
export function encodeTimed(
  encoder: GPUCommandEncoder,
  groups: readonly (readonly Command[])[],
  stamps: Timestamps,
): void {
  groups.forEach((commands, k) => {
    const pass = encoder.beginComputePass({ timestampWrites: stamps.writes(k) });
    encode(pass, commands);
    pass.end();
  });
  stamps.resolve(encoder);
}

/**
 * Submits every pipeline once, with no workgroups: for uniforms so large that no loop can be unrolled by them. lavapipe of Mesa 22
 * copies uniform values that bound loops into a shader and compiles it anew at each dispatch, keeping every copy; where the
 * copies turn out to simplify little, as here, it gives that up for the pipeline, for good. Other drivers do nothing.
 * The counts of 0 come from a buffer: Dawn warns of those that it sees.
 */
export function submitEmpty(device: GPUDevice, commands: readonly Command[]): void {
  const none = device.createBuffer({ size: 16, usage: 0x100 }); // INDIRECT
  const encoder = device.createCommandEncoder({ label: "empty" });
  const pass = encoder.beginComputePass();
  for (const [pipeline, { group }] of new Map(commands.map((command) => [command.pipeline, command]))) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroupsIndirect(none, 0);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
  none.destroy();
}
