import { type Kernel, linearGrid } from "../descriptor.ts";
import addIntoCode from "./add_into.wgsl" with { type: "text" };
import copyCode from "./copy.wgsl" with { type: "text" };
import fillCode from "./fill.wgsl" with { type: "text" };
import sumCode from "./sum.wgsl" with { type: "text" };
import sumOfThreeCode from "./sum_of_three.wgsl" with { type: "text" };

/** `into += source`, n elements. */
export const addInto: Kernel = {
  name: "add_into",
  code: addIntoCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => n,
  bytes: ({ n }) => 12 * n,
  iterations: () => 0,
};

/** `into = source`, n elements. */
export const copy: Kernel = {
  name: "copy",
  code: copyCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: () => 0,
  bytes: ({ n }) => 8 * n,
  iterations: () => 0,
};

/** `into = value`, n elements. */
export const fill: Kernel = {
  name: "fill",
  code: fillCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: () => 0,
  bytes: ({ n }) => 4 * n,
  iterations: () => 0,
};

/** `y = a + b`, n elements. */
export const sum: Kernel = {
  name: "add",
  code: sumCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => n,
  bytes: ({ n }) => 12 * n,
  iterations: () => 0,
};

/** `y = a + b + c`, n elements. */
export const sumOfThree: Kernel = {
  name: "add_three",
  code: sumOfThreeCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => 2 * n,
  bytes: ({ n }) => 16 * n,
  iterations: () => 0,
};
