import { type Kernel, linearGrid, loop, specialise, type Uniforms } from "../descriptor.ts";
import { withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import applyCode from "./apply_blocks.wgsl" with { type: "text" };
import columnSumsCode from "./column_sums_blocks.wgsl" with { type: "text" };
import inputGradientCode from "./input_gradient_blocks.wgsl" with { type: "text" };
import inputGradientValue from "./input_gradient_value.wgsl" with { type: "text" };
import { kinds, named, type SetNormKind, type SetNormLanes, value } from "./set_norm.ts";
import rowsByFlags from "./rows_by_flags.wgsl" with { type: "text" };
import wholeCode from "./whole.wgsl" with { type: "text" };
import wholeMasked from "./whole_masked.wgsl" with { type: "text" };
import wholePlain from "./whole_plain.wgsl" with { type: "text" };
import wholeGradientCode from "./whole_gradient.wgsl" with { type: "text" };
import statisticsCode from "./statistics_of_parts.wgsl" with { type: "text" };

// For GPUs: a workgroup works on one sample and merges its parts itself, which saves the dispatches that merge them.

/** Values of a workgroup. */
const block = 512;

const perBlock = ({ samples, elements, cells }: Uniforms) =>
  linearGrid(samples * Math.ceil(elements * cells / block), 1);
const merging = ({ parts }: Uniforms) => 2 * loop(parts / 64) + 2 * workgroupLoops(64);

function blocks(name: string, code: string, lanes: SetNormLanes, kind: SetNormKind) {
  return {
    name: named(`${name}_blocks`, lanes),
    code: withWorkgroupSums(value(lanes, `${statisticsCode}\n${code}`)),
    constants: { KIND: kinds[kind] },
  };
}

/** The normalised set, from the partial statistics. */
export function applySetNormBlocks(lanes: SetNormLanes, kind: SetNormKind): Kernel {
  return {
    ...blocks("apply", applyCode, lanes, kind),
    workgroups: perBlock,
    flops: ({ samples, elements, cells }) => 4 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    iterations: (sizes) => merging(sizes) + loop(Math.min(block, sizes.elements * sizes.cells) / 64),
  };
}

/** The normalised set where it is one part: its statistics too. */
export function wholeSetNorm(lanes: SetNormLanes, kind: SetNormKind, masked: boolean): Kernel {
  return specialise({
    ...blocks("whole", wholeCode, lanes, kind),
    name: named("whole", lanes),
    workgroups: ({ samples }) => linearGrid(samples, 1),
    flops: ({ samples, elements, cells }) => 9 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    iterations: ({ elements, cells }) => 3 * loop(elements * cells / 64) + 2 * workgroupLoops(64),
  }, { MASK: masked ? 1 : 0 });
}

/** All gradients of sets of one chunk; masked ones add nothing. */
export function wholeSetNormGradient(lanes: SetNormLanes, kind: SetNormKind, masked: boolean): Kernel {
  const rows = masked ? wholeMasked : wholePlain;
  return {
    ...blocks("whole_gradient", `${inputGradientValue}\n${rows}\n${wholeGradientCode}`, lanes, kind),
    name: named(masked ? "whole_gradient_masked" : "whole_gradient", lanes),
    workgroups: ({ samples }) => linearGrid(samples, 1),
    flops: ({ samples, elements, cells }) => 12 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 12 * lanes * samples * elements * cells,
    iterations: (sizes) =>
      merging(sizes) + loop(sizes.cells / 64, loop(sizes.elements)) + workgroupLoops(64) +
      loop(sizes.elements * sizes.cells / 64),
  };
}

/** Gradients of scale and shift by chunks of elements, and each chunk's two sums. */
export function setNormColumnSumsBlocks(lanes: SetNormLanes, kind: SetNormKind): Kernel {
  return {
    ...blocks("column_sums", columnSumsCode, lanes, kind),
    workgroups: ({ chunks, samples }) => linearGrid(chunks * samples, 1),
    flops: ({ samples, elements, cells }) => 4 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    iterations: (sizes) => merging(sizes) + loop(sizes.cells / 64, loop(sizes.chunk)) + workgroupLoops(64),
  };
}

/** dx, from those sums. */
export function setNormInputGradientBlocks(
  lanes: SetNormLanes,
  kind: SetNormKind,
  masked: boolean,
): Kernel {
  return specialise({
    ...blocks("input_gradient", [inputGradientValue, rowsByFlags, inputGradientCode].join("\n"), lanes, kind),
    workgroups: perBlock,
    flops: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 12 * lanes * samples * elements * cells,
    iterations: (sizes) =>
      merging(sizes) + loop(sizes.chunks / 64) + workgroupLoops(64) +
      loop(Math.min(block, sizes.elements * sizes.cells) / 64),
  }, { MASK: masked ? 1 : 0 });
}
