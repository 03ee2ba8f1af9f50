import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { cellIdentity, plainCellName, readCellAliases } from "../../../datasets/identity/cell_identity.ts";
import {
  joinKeys,
  keyOf,
  mergedNote,
  numberConditions,
  sharedNamesNote,
  unitOf,
} from "../../../datasets/identity/key.ts";

Deno.test("case, blanks and punctuation do not tell cell lines apart, other signs do", () => {
  const of = cellIdentity();
  for (const name of ["SKBR3", "SK-BR-3", "skbr3", "Sk-Br-3 ", "sk_br.3", "ＳＫＢＲ３"]) {
    assert.equal(of(name), "SKBR3");
  }
  assert.notEqual(of("MCF7"), of("MCF10A"));
  assert.notEqual(of("NCI-H23"), of("NCI-H2-30"));
  assert.equal(of("--"), "--", "a name of punctuation alone stays as it is");
});

Deno.test("lines that punctuation alone tells apart stay apart", () => {
  const of = cellIdentity();
  assert.notEqual(of("T.T"), of("TT"));
  assert.equal(of("T-T"), of("T.T"));
  assert.notEqual(of("KMH-2"), of("KM-H2"));
});

Deno.test("the tissue behind a name of CCLE is no part of it, unless the name stands with two", () => {
  const of = cellIdentity();
  for (
    const [name, line] of [
      ["A375_SKIN", "A375"],
      ["mcf7_breast", "MCF-7"],
      ["HT-29_LARGE_INTESTINE", "HT29"],
      ["K562_HAEMATOPOIETIC_AND_LYMPHOID_TISSUE", "K-562"],
      ["TT_OESOPHAGUS", "T.T"],
      ["TT_THYROID", "TT"],
      ["KMH2_THYROID", "KMH-2"],
    ]
  ) assert.equal(of(name), of(line), name);
  for (const name of ["_SKIN", "SKIN", "A375_SKINNY", "HCC1143BL_MATCHED_NORMAL_TISSUE", "Q_LUNG_2"]) {
    assert.equal(of(name), plainCellName(name));
  }
  const onefold = cellIdentity(undefined, ["SW527_BREAST", "A375"]);
  assert.notEqual(onefold("SW527_LARGE_INTESTINE"), onefold("SW527_BREAST"));
  assert.equal(onefold("sw-527"), onefold("SW527_BREAST"));
  assert.equal(onefold("A375_SKIN"), onefold("A375"));
  const twofold = ["SW527_BREAST", "SW527_LARGE_INTESTINE", "A375", "A375_SKIN"];
  const apart = cellIdentity(undefined, twofold);
  assert.notEqual(apart(twofold[0]), apart(twofold[1]));
  assert.equal(apart("A375_SKIN"), apart("A-375"));
  const key = keyOf(twofold, apart);
  assert.deepEqual([...key.of], [0, 1, 2, 2]);
  assert.deepEqual(mergedNote("cell line", key), [
    "1 cell line is written in several ways and counts once (A375: A375, A375_SKIN).",
  ]);
  assert.throws(
    () => cellIdentity(undefined, [...twofold, "SW-527"]),
    /"SW-527" beside "SW527_BREAST" and "SW527_LARGE_INTESTINE", expected one line a name/,
  );
  const listed = cellIdentity(new Map([["SW-527", "SW527_BREAST"]]), [...twofold, "SW-527"]);
  assert.equal(listed("SW-527"), listed("SW527_BREAST"));
});

Deno.test("cells.csv names aliases, in either order of its columns, and keeps lines apart that it lists", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.equal(await readCellAliases(folder), undefined);
    await Deno.writeTextFile(
      join(folder, "cells.csv"),
      'alias,name\n"HTB-30;SK-BR3",SKBR3\nA-549|A549_ATCC,A549\nX.1,X.1\nX1,X1\n',
    );
    const of = cellIdentity(await readCellAliases(folder));
    for (const name of ["htb30", "SK-BR-3", "skbr3", "HTB-30"]) assert.equal(of(name), "SKBR3");
    assert.equal(of("a549 atcc"), of("A549"));
    assert.notEqual(of("X.1"), of("X1"));
    await Deno.writeTextFile(join(folder, "cells.csv"), "name,alias\nA,same\nB,same\n");
    await assert.rejects(readCellAliases(folder), {
      message: /row 2 .*"same" for the cell line "B".*stands for "A"/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("keyOf() numbers units by first appearance and lists those written in several ways", () => {
  const key = keyOf(["SKBR3", "MCF7", "SK-BR-3", "skbr3", "mcf7"], cellIdentity());
  assert.deepEqual(key.ids, ["SKBR3", "MCF7"]);
  assert.deepEqual(key.names, ["SKBR3", "MCF7"]);
  assert.deepEqual([...key.of], [0, 1, 0, 0, 1]);
  assert.deepEqual(key.merged, [
    { id: "SKBR3", spellings: ["SKBR3", "SK-BR-3", "skbr3"] },
    { id: "MCF7", spellings: ["MCF7", "mcf7"] },
  ]);
  assert.deepEqual(mergedNote("cell line", key), [
    "2 cell lines are written in several ways and count once (SKBR3: SKBR3, SK-BR-3, skbr3; MCF7: MCF7, mcf7).",
  ]);
  assert.deepEqual(mergedNote("cell line", keyOf(["a", "b"], (text) => text)), []);
});

Deno.test("keyOf() unites rows of one name where asked, through a chain too, and no rows without a name", () => {
  const names = ["sirolimus", "Sirolimus", "", "", "-666", "-666", "rapamycin", "rapamycin"];
  const spellings = ["A", "B", "C", "D", "E", "F", "B", "G"];
  const united = keyOf(spellings, (text) => text, { nameOf: (row) => names[row], alike: () => "" });
  assert.deepEqual([...united.of], [0, 0, 1, 2, 3, 4, 0, 0]);
  assert.deepEqual(united.ids, ["A", "C", "D", "E", "F"]);
  assert.deepEqual(united.names, ["sirolimus", "C", "D", "-666", "-666"]);
  for (const id of ["A", "B", "G"]) assert.equal(unitOf(united, id), 0);
  assert.equal(unitOf(united, "Z"), undefined);
  const apart = keyOf(spellings, (text) => text, { nameOf: (row) => names[row] });
  assert.deepEqual([...apart.of], [0, 1, 2, 3, 4, 5, 1, 6]);
  assert.equal(apart.known, undefined);
});

Deno.test("rows of one name are one unit only where they are alike, and names that stand for several are listed", () => {
  const names = ["drug", "Drug ", "drug", "x", "x", "unknown", "NA"];
  const spellings = ["A1", "A2", "B1", "C1", "C2", "D1", "E1"];
  const key = keyOf(spellings, (text) => text, { nameOf: (row) => names[row], alike: (text) => text[0] });
  assert.deepEqual([...key.of], [0, 0, 1, 2, 2, 3, 4]);
  assert.deepEqual(sharedNamesNote(key, "parent"), [
    `Structures of different formulas under one drug name count as different drugs ("drug: 2"); mend the names, or the structures ` +
    "if they are one drug's.",
  ]);
  assert.deepEqual(sharedNamesNote(key, "canonical"), []);
  // In another table too a name leads to what is alike alone.
  const other = keyOf(["A3", "B2"], (text) => text, { nameOf: () => "drug", alike: (text) => text[0] });
  assert.deepEqual([...joinKeys(key, other).of], [0, 0, 1, 2, 2, 3, 4, 0, 1]);
});

Deno.test("joinKeys() shares units by any of their identities, and gives what one key over all rows would", () => {
  const unite = { nameOf: (row: number) => ["x", "x", "y"][row], alike: () => "" };
  const joined = joinKeys(
    keyOf(["A", "B", "C"], (text) => text, unite),
    keyOf(["D", "B", "D", "C"], (text) => text),
  );
  assert.deepEqual([...joined.of], [0, 0, 1, 2, 0, 2, 1]);
  assert.deepEqual(joined.ids, ["A", "C", "D"]);
  // What the second key knew of a unit counts for a third.
  const third = joinKeys(
    joinKeys(
      keyOf(["A"], (text) => text),
      keyOf(["A", "E"], (text) => text, { nameOf: () => "a", alike: () => "" }),
    ),
    keyOf(["E"], (text) => text),
  );
  assert.deepEqual([third.ids, [...third.of]], [["A"], [0, 0, 0, 0]]);
  // A unit that a control added has an id and no more.
  const named = keyOf(["A"], (text) => text, { nameOf: () => "a", alike: () => "" });
  const removed = { ...named, ids: ["A", ""], names: ["a", ""], of: Uint32Array.of(1, 0) };
  assert.deepEqual([...joinKeys(removed, removed).of], [1, 0, 1, 0]);
  assert.deepEqual(joinKeys(named, removed).ids, ["A", ""]);
  const spelling = fc.constantFrom("a", "A", "b", "B", "c", "C-", "d");
  fc.assert(
    fc.property(
      fc.array(spelling, { minLength: 1 }),
      fc.array(spelling, { minLength: 1 }),
      (first, second) => {
        const both = joinKeys(keyOf(first, cellIdentity()), keyOf(second, cellIdentity()));
        const whole = keyOf([...first, ...second], cellIdentity());
        assert.deepEqual([both.ids, [...both.of]], [whole.ids, [...whole.of]]);
      },
    ),
  );
});

Deno.test("numberConditions() gives one number to the same drug, cell line, dose and time", () => {
  const drug = keyOf(["a", "b", "A", "a", "a", "a"], cellIdentity()),
    cell = keyOf(["x", "x", "X.", "y", "x", "x"], cellIdentity());
  const found = numberConditions(drug, cell, [1, 1, 1, 1, 2, 1], ["6", "6", "6", "6", "6", "24"]);
  assert.deepEqual([...found], [0, 1, 0, 2, 3, 4]);
});
