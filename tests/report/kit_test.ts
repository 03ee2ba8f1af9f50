import assert from "node:assert/strict";
import { markup } from "../../report/kit/markup.ts";
import {
  bytesText,
  countText,
  durationText,
  number,
  percent,
  signedPercent,
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
  assert.deepEqual([0.081, -0.004, 0.61, 0, -29, 12].map(signedPercent), [
    "+8.1\u00a0%",
    "−0.4\u00a0%",
    "+61\u00a0%",
    "equal",
    "< −999\u00a0%",
    "> +999\u00a0%",
  ]);
  assert.equal(percent(0.075), "7.5\u00a0%");
  assert.deepEqual([0, 999, 61e6, 5.29e10].map(bytesText), ["0.00 B", "999 B", "61.0 MB", "52.9 GB"]);
  assert.deepEqual([3.21, 41.3, 300, 7500].map(durationText), ["3.2 s", "41 s", "5 min", "2 h 5 min"]);
  assert.equal(countText(1234567), "1\u202f234\u202f567");
});

Deno.test("markup escapes values and leaves finished markup alone", () => {
  const inner = markup`<b>${"<&>"}</b>`;
  assert.equal(
    markup`${inner}${[1, inner]}${null}${false}${'"'}`.source,
    "<b>&lt;&amp;&gt;</b>1<b>&lt;&amp;&gt;</b>&quot;",
  );
});
