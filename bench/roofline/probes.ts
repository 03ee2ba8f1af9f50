import { type Kernel, linearGrid, loop } from "../../engine/mod.ts";
import { threads } from "./arithmetic.ts";
import halfCode from "./half.wgsl" with { type: "text" };
import readCode from "./read.wgsl" with { type: "text" };
import streamCode from "./stream.wgsl" with { type: "text" };
import workgroupCode from "./workgroup.wgsl" with { type: "text" };
import writeCode from "./write.wgsl" with { type: "text" };

/** Copies quads. */
export const stream: Kernel = {
  name: "roofline_stream",
  code: streamCode,
  workgroups: ({ quads }) => linearGrid(quads, 64),
  flops: () => 0,
  bytes: ({ quads }) => 32 * quads,
  iterations: () => 0,
};

/** Reads quads. */
export const read: Kernel = {
  name: "roofline_read",
  code: readCode,
  workgroups: () => [threads / 64, 1, 1],
  flops: () => 0,
  bytes: ({ quads }) => 16 * quads,
  iterations: ({ quads }) => loop(quads / threads),
};

/** Writes quads. */
export const write: Kernel = {
  name: "roofline_write",
  code: writeCode,
  workgroups: ({ quads }) => linearGrid(quads, 64),
  flops: () => 0,
  bytes: ({ quads }) => 16 * quads,
  iterations: () => 0,
};

/** Reads workgroup memory: four quads an invocation and round. */
export const workgroup: Kernel = {
  name: "roofline_workgroup",
  code: workgroupCode,
  workgroups: () => [threads / 64, 1, 1],
  flops: () => 0,
  bytes: ({ rounds }) => 64 * threads * rounds,
  iterations: ({ rounds }) => loop(rounds) + 5,
};

/** Multiply-adds of half precision in registers. */
export const half: Kernel = {
  name: "roofline_half",
  code: halfCode,
  workgroups: () => [threads / 64, 1, 1],
  flops: ({ rounds }) => threads * rounds * 256,
  bytes: () => 4 * threads,
  iterations: ({ rounds }) => rounds + 1,
};
