import assert from "node:assert/strict";
import { markup } from "../../report/kit/markup.ts";
import {
  bytesText,
  countText,
  durationText,
  number,
  percent,
  signed,
  withInterval,
} from "../../report/kit/numbers.ts";

Deno.test("numbers are written as people read them", () => {
  assert.deepEqual([0.12345, 4.5678, 45.678, 456.78, -1.5].map((value) => number(value)), [
    "0.123",
    "4.568",
    "45.68",
    "456.8",
    "−1.500",
  ]);
  assert.deepEqual([null, NaN, Infinity].map((value) => number(value)), ["–", "–", "–"]);
  assert.equal(percent(0.075), "7.5\u00a0%");
  assert.deepEqual([0, 999, 61e6, 5.29e10].map(bytesText), ["0.00 B", "999 B", "61.0 MB", "52.9 GB"]);
  assert.deepEqual([3.21, 41.3, 300, 7500].map(durationText), ["3.2 s", "41 s", "5 min", "2 h 5 min"]);
  assert.equal(countText(1234567), "1\u202f234\u202f567");
});

Deno.test("intervals have the digits that the largest of their numbers deserves, and zero has no sign", () => {
  assert.equal(withInterval(0.31234, [0.1, 0.523]), "+0.31 [0.10, 0.52]");
  assert.equal(withInterval(0.0012, [-0.0041, 0.0091]), "+0.0012 [−0.0041, 0.0091]");
  assert.equal(withInterval(-0.0001, [-4, 5.1]), "0.0 [−4.0, 5.1]");
  assert.equal(withInterval(12.4, null), "+12.4");
  assert.equal(withInterval(0, [0, 0]), "0 [0, 0]");
  assert.deepEqual([number(-0.003, 2), signed(0.5), signed(-0.0001)], ["0.00", "+0.500", "0.000"]);
});

Deno.test("markup escapes values and leaves finished markup alone", () => {
  const inner = markup`<b>${"<&>"}</b>`;
  assert.equal(
    markup`${inner}${[1, inner]}${null}${false}${'"'}`.source,
    "<b>&lt;&amp;&gt;</b>1<b>&lt;&amp;&gt;</b>&quot;",
  );
});
