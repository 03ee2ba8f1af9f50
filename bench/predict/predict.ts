import type { IsaRow } from "../lens/isa_row.ts";
import type { Datasheet } from "./datasheets.ts";
import type { PlannedCall } from "./planned_calls.ts";

/** What a bound rests on besides a datasheet; neither was measured. */
export interface Assumptions {
  /** Between dependent dispatches of one pass: an end, a barrier, a start. */
  readonly launchMicroseconds: number;
  /** From asking memory to the answer. */
  readonly latencyNanoseconds: number;
}

/** Orders of magnitude of present GPUs; `gpu-survey` measures the first. */
export const assumptions: Assumptions = { launchMicroseconds: 3, latencyNanoseconds: 600 };

/** What holds a call up on paper. */
export type BoundLimiter = "launch" | "memory" | "arithmetic";

/** The least time of some alike dispatches on a chip, in milliseconds, with its arithmetic. */
export interface CallBound extends PlannedCall {
  /** Least time of all of them: launches, and the larger of arithmetic and memory. */
  readonly ms: number;
  readonly launchMs: number;
  readonly arithmeticMs: number;
  readonly memoryMs: number;
  readonly limiter: BoundLimiter;
  /** Useful share of the instructions that the hottest loop issues; null without machine code. */
  readonly share: number | null;
  /** Subgroups that a unit holds at once; null without machine code. */
  readonly occupancy: number | null;
  /** Share of the chip's lanes that the grid gives work. */
  readonly filled: number;
}

/** Bytes that each resident lane is taken to have under way: four vectors of four, as tiles are loaded. */
const bytesUnderWay = 64;

/**
 * The least time of alike dispatches on a chip, as its datasheet, their work, their grid and their machine code allow:
 *
 * - launches: one after the other, `launchMicroseconds` each;
 * - arithmetic: operations over the peak, times the share of multiply-adds among the instructions of the hottest loop, times
 *   the share of the chip that the grid fills (whole workgroups on whole units, so the last wave counts);
 * - memory: bytes over the bandwidth, or over what the resident lanes can have under way within the latency (Little's law).
 *
 * Left out: bank conflicts, caches, clocks that drop, a driver's own checks.
 */
export function callBound(
  call: PlannedCall,
  chip: Datasheet,
  row: IsaRow | undefined,
  { launchMicroseconds, latencyNanoseconds }: Assumptions = assumptions,
): CallBound {
  const { calls, workgroups, flops, bytes, threads } = call;
  const lanes = chip.lens?.lanes ?? 32;
  const ownSubgroups = Math.ceil(threads / lanes);
  const busiest = Math.ceil(workgroups / chip.units);
  const occupancy = row && chip.lens ? row.occupancy * chip.lens.simds : null;
  // What one unit holds at once: as many workgroups as fit, at least one.
  const resident = Math.min(
    busiest * ownSubgroups,
    occupancy === null ? Infinity : Math.max(occupancy, ownSubgroups),
  );
  const filled = workgroups / (chip.units * busiest) * Math.min(1, resident / chip.subgroupsToFill);
  const share = row ? usefulShare(row) : null;
  const arithmeticMs = flops / (1e6 * chip.gflops * (share ?? 1) * filled);
  const underWay = Math.min(workgroups, chip.units) * resident * lanes * bytesUnderWay;
  const memoryMs = bytes / (1e6 * Math.min(chip.gbs, underWay / latencyNanoseconds));
  const launchMs = launchMicroseconds / 1000;
  const work = Math.max(arithmeticMs, memoryMs);
  return {
    ...call,
    ms: calls * (launchMs + work),
    launchMs: calls * launchMs,
    arithmeticMs: calls * arithmeticMs,
    memoryMs: calls * memoryMs,
    limiter: launchMs >= work ? "launch" : arithmeticMs >= memoryMs ? "arithmetic" : "memory",
    share,
    occupancy,
    filled,
  };
}

/** Multiply-adds among the instructions of the hottest loop; a loop without any does at best one operation an issue, not two. */
function usefulShare({ loop }: IsaRow): number {
  return loop.multiplyAdds > 0 ? Math.min(1, loop.multiplyAdds / loop.instructions) : 0.5;
}

/** The bound of a whole step or kernel on a chip. */
export interface StepBound {
  readonly ms: number;
  readonly launchMs: number;
  /** Sums over calls of what each takes beyond its launch, by what holds it up. */
  readonly arithmeticMs: number;
  readonly memoryMs: number;
  /** Operations over the peak or bytes over the bandwidth, whichever is more, for all together and nothing else. */
  readonly rooflineMs: number;
  readonly dispatches: number;
  readonly flops: number;
  readonly bytes: number;
  readonly limiter: BoundLimiter;
  /** Dispatches whose kernel the table of machine code lacks. */
  readonly withoutCode: number;
  readonly calls: readonly CallBound[];
}

/** Adds up a step, its calls by their time. */
export function stepBound(
  calls: readonly PlannedCall[],
  chip: Datasheet,
  rows: readonly IsaRow[],
  assumed: Assumptions = assumptions,
): StepBound {
  const bounds = calls.map((call) => callBound(call, chip, codeOf(call, chip, rows), assumed));
  const sum = (of: (bound: CallBound) => number) => bounds.reduce((total, bound) => total + of(bound), 0);
  const arithmetic = (bound: CallBound) => bound.arithmeticMs >= bound.memoryMs;
  const parts = {
    launch: sum(({ launchMs }) => launchMs),
    arithmetic: sum((bound) => arithmetic(bound) ? bound.arithmeticMs : 0),
    memory: sum((bound) => arithmetic(bound) ? 0 : bound.memoryMs),
  };
  const [flops, bytes] = [
    sum((bound) => bound.calls * bound.flops),
    sum((bound) => bound.calls * bound.bytes),
  ];
  const limiter = (Object.keys(parts) as BoundLimiter[]).toSorted((a, b) => parts[b] - parts[a])[0];
  return {
    ms: sum(({ ms }) => ms),
    launchMs: parts.launch,
    arithmeticMs: parts.arithmetic,
    memoryMs: parts.memory,
    rooflineMs: Math.max(flops / (1e6 * chip.gflops), bytes / (1e6 * chip.gbs)),
    dispatches: sum((bound) => bound.calls),
    flops,
    bytes,
    limiter,
    withoutCode: chip.lens
      ? sum((bound) => bound.share === null ? bound.calls : 0)
      : sum((bound) => bound.calls),
    calls: bounds.toSorted((a, b) => b.ms - a.ms),
  };
}

/** The machine code that stands for a call on a chip: of its specialisation, else of its kernel. */
function codeOf(call: PlannedCall, { lens }: Datasheet, rows: readonly IsaRow[]): IsaRow | undefined {
  if (!lens) return undefined;
  const own = rows.filter(({ chip, kernel }) => chip === lens.chip && kernel === call.kernel);
  return own.find(({ specialisation }) => specialisation === call.specialisation) ?? own[0];
}
