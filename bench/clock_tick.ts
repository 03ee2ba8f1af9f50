import { type Device, type Engine, Timestamps } from "../engine/mod.ts";

/** Passes that the tick is found from. */
const looks = 16;

/** Readings of a clock whose tick is shorter than this are taken as they are, in milliseconds. */
const fine = 0.005;

/** Lengths in ticks from which a reading is exact enough: the rounding of its ends is a fortieth of it. */
const enoughTicks = 20;

/** Most readings that one measurement is the mean of. */
const mostReadings = 40;

const ticks = new WeakMap<Device, Promise<number>>();

/**
 * Milliseconds that timestamps of a device are multiples of. Browsers round them, Chrome to a power of two of nanoseconds near
 * 0.1 ms, which is longer than many a kernel.
 */
export function clockTick({ device }: Pick<Engine, "device">): Promise<number> {
  const known = ticks.get(device) ?? (async () => {
    const stamps = new Timestamps(device, looks);
    const encoder = device.handle.createCommandEncoder({ label: "clock tick" });
    for (let k = 0; k < looks; k++) encoder.beginComputePass({ timestampWrites: stamps.writes(k) }).end();
    stamps.resolve(encoder);
    device.queue.submit([encoder.finish()]);
    const times = (await stamps.read()).flatMap(({ begin, end }) => [begin, end]);
    return Number(times.reduce(commonDivisor, 0n)) / 1e6;
  })();
  ticks.set(device, known);
  return known;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}

/**
 * The mean of as many readings as make it exact beside the tick. Rounding both ends down moves a reading either way, so the mean of
 * many is right where none of them is.
 */
export async function meanOfReadings<Name extends string>(
  tick: number,
  read: () => Promise<Partial<Record<Name, number>>>,
  length: (reading: Partial<Record<Name, number>>) => number,
): Promise<Partial<Record<Name, number>>> {
  const first = await read();
  if (tick < fine) return first;
  const readings = [first];
  let sum = length(first);
  while (sum < enoughTicks * tick && readings.length < mostReadings) {
    const next = await read();
    readings.push(next);
    sum += length(next);
  }
  const names = Object.keys(first) as Name[];
  const means = names.map((name) =>
    [name, readings.reduce((total, reading) => total + reading[name]!, 0) / readings.length] as const
  );
  return Object.fromEntries(means) as Partial<Record<Name, number>>;
}
