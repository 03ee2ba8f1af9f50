import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import applyCode from "./apply.wgsl" with { type: "text" };
import columnSumsCode from "./column_sums.wgsl" with { type: "text" };
import inputGradientValue from "./input_gradient_value.wgsl" with { type: "text" };
import rowsByFlags from "./rows_by_flags.wgsl" with { type: "text" };
import inputGradientCode from "./input_gradient.wgsl" with { type: "text" };
import mergeStatisticsCode from "./merge_statistics.wgsl" with { type: "text" };
import partialStatisticsCode from "./partial_statistics.wgsl" with { type: "text" };
import sampleSumsCode from "./sample_sums.wgsl" with { type: "text" };
import quadCode from "./value_quad.wgsl" with { type: "text" };
import scalarCode from "./value_scalar.wgsl" with { type: "text" };

/** What a set is divided by: its variance plus epsilon (as released) or the root of that (as published). */
export type SetNormKind = "variance" | "deviation";

/** The numbers that the WGSL knows them by. */
export const kinds = { variance: 0, deviation: 1 } as const;

/** Added to the variance. */
export const setNormEpsilon = 1e-5;
/** Values of one chunk of the statistics, at least. */
export const statisticsChunk = 2048;
/** Elements that one thread of the column sums adds up at least, where there are more than twice as many. */
export const columnSumChunk = 64;

/** Channels of one Value. */
export type SetNormLanes = 1 | 4;

/** The text of a kernel for Values of so many channels. */
export const value = (lanes: SetNormLanes, code: string): string =>
  `${lanes === 4 ? quadCode : scalarCode}\n${code}`;
/** Its name. */
export const named = (name: string, lanes: SetNormLanes): string =>
  `set_norm_${name}${lanes === 4 ? "_quads" : ""}`;

/** Count, mean and squared deviations of each chunk. */
export function partialStatistics(lanes: SetNormLanes, masked: boolean): Kernel {
  return specialise({
    name: named("partial_statistics", lanes),
    code: withWorkgroupSums(value(lanes, partialStatisticsCode)),
    workgroups: ({ chunks, samples }) => linearGrid(chunks * samples, 1),
    flops: ({ samples, elements, cells }) => 5 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 4 * lanes * samples * elements * cells,
    iterations: ({ chunk }) => 2 * loop(chunk / 64) + 2 * workgroupLoops(64),
  }, { MASK: masked ? 1 : 0 });
}

/** Mean and factor of each sample. */
export function mergeStatistics(kind: SetNormKind): Kernel {
  return specialise({
    name: "set_norm_merge_statistics",
    code: mergeStatisticsCode,
    workgroups: ({ samples }) => linearGrid(samples, 64),
    flops: ({ samples, chunks }) => 12 * samples * chunks,
    bytes: ({ samples, chunks }) => 16 * samples * (chunks + 1),
    iterations: ({ chunks }) => loop(chunks),
  }, { KIND: kinds[kind] });
}

/** The normalised set. */
export function applySetNorm(lanes: SetNormLanes): Kernel {
  return {
    name: named("apply", lanes),
    code: value(lanes, applyCode),
    workgroups: ({ samples, elements, cells }) => linearGrid(samples * elements * cells, 64),
    flops: ({ samples, elements, cells }) => 4 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    iterations: () => 0,
  };
}

/** Column sums of dy and dy (x - mean) by chunks of elements. */
export function setNormColumnSums(lanes: SetNormLanes): Kernel {
  return {
    name: named("column_sums", lanes),
    code: value(lanes, columnSumsCode),
    workgroups: ({ cells, chunks, samples }) => linearGrid(cells * chunks * samples, 32),
    flops: ({ samples, elements, cells }) => 4 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    iterations: ({ chunk }) => loop(chunk),
  };
}

/** Their second stage, and the two sums of each sample. */
export function setNormSampleSums(lanes: SetNormLanes): Kernel {
  return {
    name: named("sample_sums", lanes),
    code: withWorkgroupSums(value(lanes, sampleSumsCode)),
    workgroups: ({ samples }) => linearGrid(samples, 1),
    flops: ({ samples, chunks, cells }) => 2 * lanes * samples * chunks * cells,
    bytes: ({ samples, chunks, cells }) => 8 * lanes * samples * chunks * cells,
    iterations: ({ chunks, cells }) => loop(cells / 64, loop(chunks)) + workgroupLoops(64),
  };
}

/** dx. */
export function setNormInputGradient(lanes: SetNormLanes, kind: SetNormKind, masked: boolean): Kernel {
  return specialise({
    name: named("input_gradient", lanes),
    code: value(lanes, [inputGradientValue, rowsByFlags, inputGradientCode].join("\n")),
    workgroups: ({ samples, elements, cells }) => linearGrid(samples * elements * cells, 64),
    flops: ({ samples, elements, cells }) => 8 * lanes * samples * elements * cells,
    bytes: ({ samples, elements, cells }) => 12 * lanes * samples * elements * cells,
    iterations: () => 0,
  }, { MASK: masked ? 1 : 0, KIND: kinds[kind] });
}
