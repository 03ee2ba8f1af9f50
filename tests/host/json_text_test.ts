import assert from "node:assert/strict";
import { jsonOf, jsonOfText } from "../../host/json_text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a JSON file is read as it stands, whatever its keys and texts hold", () => {
  const text =
    ` {"a": [1, {"a": "b\\",\\"a\\":1"}], "b:,": "{[", "\\u0063": null, "": "é", "__proto__": [[]]} `;
  assert.deepEqual(jsonOf(bytes(text)), JSON.parse(text));
  assert.deepEqual(jsonOf(bytes(`\ufeff[1]`)), [1], "a byte order mark, as Windows puts it");
  assert.equal(jsonOfText("null"), null);
});

Deno.test("JSON that would be read as what it does not say, or fill the memory, is refused before it is parsed", () => {
  const refuse = (text: string, said: RegExp) => assert.throws(() => jsonOfText(text), said);
  refuse(`{"seed": 1, "x": {"seed": 2}, "seed": 3}`, /^Error: names "seed" twice$/);
  refuse(`[{"a": 1, "\\u0061": 2}]`, /names "\\u0061" twice/);
  refuse("[".repeat(65) + "]".repeat(65), /is nested more than 64 deep \(at character 64\)/);
  refuse(`{"a":`.repeat(3_000_000), /is nested more than 64 deep/);
  refuse(`{${Array.from({ length: 1_000_001 }, (_, at) => `"${at}":0`)}}`, /more than 1,000,000 keys/);
  refuse(`{"a": }`, /^Error: not JSON \(/);
  refuse("", /not JSON/);
  assert.throws(() => jsonOf(Uint8Array.of(0x22, 0xe9, 0x22)), /it holds bytes that are no UTF-8/);
});
