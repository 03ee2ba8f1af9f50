import assert from "node:assert/strict";
import { meanOfReadings } from "../../bench/clock_tick.ts";
import { RandomValues } from "../../testing/random_values.ts";

/** Readings of `length` by a clock that is rounded down to multiples of `tick`, each begun at another moment. */
function clock(length: number, tick: number) {
  const random = new RandomValues(3);
  let count = 0;
  const read = () => {
    count++;
    const begin = 1000 * random.next();
    const down = (time: number) => tick * Math.floor(time / tick);
    return Promise.resolve({ both: down(begin + length) - down(begin) });
  };
  return { read, count: () => count };
}

const both = ({ both }: Partial<Record<"both", number>>) => both!;

Deno.test("what is shorter than a clock's tick is the mean of many readings", async () => {
  const { read, count } = clock(0.03, 0.065);
  const { both: mean } = await meanOfReadings(0.065, read, both);
  assert.equal(count(), 40);
  assert.ok(Math.abs(mean! - 0.03) < 0.015, `${mean}`);
});

Deno.test("what is long beside the tick, or read by a fine clock, is read once", async () => {
  for (const [length, tick] of [[5, 0.065], [0.03, 0.000001]]) {
    const { read, count } = clock(length, tick);
    const { both: mean } = await meanOfReadings(tick, read, both);
    assert.equal(count(), 1);
    assert.ok(Math.abs(mean! - length) <= tick, `${mean}`);
  }
});
