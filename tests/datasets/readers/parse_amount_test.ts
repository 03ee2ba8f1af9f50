import assert from "node:assert/strict";
import { amountColumns, doseQuantity, parseDose, parseTime } from "../../../datasets/readers/parse_amount.ts";

Deno.test("a dose is a number with a unit, however it is written, in µM", () => {
  for (
    const text of [
      "10 uM",
      "10um",
      "10.0 µM",
      "10 μM",
      "1e1 UM",
      "10",
      "10000 nM",
      "0.01 mM",
      "1e-5 M",
      "1e7pM",
    ]
  ) {
    assert.equal(parseDose(text), 10, text);
  }
  assert.equal(parseDose("40 nM"), Math.fround(0.04));
  for (const text of ["", "-666", "-1 uM", "high", "10 ug", "uM", "1.2.3 uM", "0x10 uM", "10 toString"]) {
    assert.ok(Number.isNaN(parseDose(text)), text);
  }
});

Deno.test("a time is a number with a unit, in hours", () => {
  for (const text of ["24 h", "24h", "24", "1 d", "24 Hours", "1440 min"]) {
    assert.equal(parseTime(text), 24, text);
  }
  for (const text of ["", "-666", "soon", "24 uM"]) assert.ok(Number.isNaN(parseTime(text)), text);
});

Deno.test("of several columns of a dose one that tells its unit is read, whichever name is more usual", () => {
  for (
    const [columns, name, unit] of [
      [["dose", "dose_uM"], "dose_uM", "um"],
      [["smiles", "pert_dose", "Dose (nM)"], "Dose (nM)", "nm"],
      [["dose", "pert_dose"], "dose", ""],
      [["dose_uM", "pert_dose", "pert_dose_unit"], "pert_dose", ""],
    ] as const
  ) {
    const found = amountColumns(columns, doseQuantity);
    assert.deepEqual([found?.name, found?.unit], [name, unit]);
  }
});
