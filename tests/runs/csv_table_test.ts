import assert from "node:assert/strict";
import { csvTable } from "../../runs/csv_table.ts";

Deno.test("csvTable() writes six digits, leaves out what is missing, quotes, and keeps columns of one name", () => {
  const rows = [{ name: "a,b", value: 1 / 3 as number | null }, { name: 'say "x"', value: null }];
  const lines = csvTable(rows, {
    place: (_, at) => String(at + 1),
    name: ({ name }) => name,
    value: ({ value }) => value,
    none: () => undefined,
  }, [["N", () => 1234567], ["N", ({ value }) => value === null ? "gone" : "there"]]);
  assert.deepEqual(lines.map((line) => line.trimEnd()), [
    "place,name,value,none,N,N",
    '1,"a,b",0.333333,,1.23457e+6,there',
    '2,"say ""x""",,,1.23457e+6,gone',
  ]);
});
