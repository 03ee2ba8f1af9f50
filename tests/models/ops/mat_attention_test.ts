import assert from "node:assert/strict";
import { RandomValues } from "../../../testing/random_values.ts";
import { ShapeError } from "../../../engine/mod.ts";
import { concatColumns } from "../../../engine/ops/concat_columns.ts";
import { matAttention } from "../../../models/ops/mat_attention.ts";
import { matAttentionNaive } from "../../../bench/naive/mat_attention_naive.ts";
import { checkOperation, type OperationCheck } from "../../../testing/check_operation.ts";
import { gpuTest, releaseEngines } from "../../support/gpu_test.ts";
import { matAttentionReference } from "../../../bench/reference/mat_attention.ts";

interface Molecule {
  readonly rows: number;
  readonly keys: number;
}

/** Tiles as tile.wgsl describes them, surplus rows last. */
function tilesOf(molecules: readonly Molecule[], surplus: number): Uint32Array<ArrayBuffer> {
  const tiles: number[] = [];
  let [row, pair] = [0, 0];
  for (const { rows, keys } of molecules) {
    for (let first = 0; first < rows; first += 4) tiles.push(row + first, row, keys | (rows << 16), pair);
    row += rows;
    pair += rows * keys;
  }
  for (let first = 0; first < surplus; first += 4) {
    tiles.push(row + first, Math.min(4, surplus - first), 0, 0);
  }
  return Uint32Array.from(tiles);
}

/** A row's place as the naive twin reads it. */
function placesOf(molecules: readonly Molecule[], surplus: number): Uint32Array<ArrayBuffer> {
  const places: number[] = [];
  let [row, pair] = [0, 0];
  for (const { rows, keys } of molecules) {
    for (let i = 0; i < rows; i++) places.push(row, keys, pair + i * keys, rows);
    row += rows;
    pair += rows * keys;
  }
  for (let i = 0; i < surplus; i++) places.push(row + i, 0, 0, 0);
  return Uint32Array.from(places);
}

const whole = (...nodes: number[]): Molecule[] => nodes.map((count) => ({ rows: count, keys: count }));

gpuTest(
  "matAttention() and its naive twin match float64 on ragged packed molecules with surplus rows",
  async (engine) => {
    const cases = [
      { molecules: whole(1), surplus: 0, heads: 1, depth: 1 },
      { molecules: whole(5, 1, 7), surplus: 0, heads: 2, depth: 4 },
      { molecules: whole(3, 8, 4, 33), surplus: 7, heads: 2, depth: 5 },
      { molecules: whole(2, 13), surplus: 1, heads: 4, depth: 16 },
      { molecules: whole(61), surplus: 33, heads: 1, depth: 7 },
      // A reference that pads its molecules: further rows ask but are not asked.
      {
        molecules: [{ rows: 7, keys: 5 }, { rows: 7, keys: 7 }, { rows: 7, keys: 1 }],
        surplus: 2,
        heads: 2,
        depth: 3,
      },
    ];
    for (const { molecules, surplus, heads, depth } of cases) {
      const rows = molecules.reduce((sum, molecule) => sum + molecule.rows, surplus);
      const pairs = molecules.reduce((sum, molecule) => sum + molecule.rows * molecule.keys, 0);
      const tiles = tilesOf(molecules, surplus);
      const shape = [rows, heads * depth];
      const constant = new RandomValues(9).floats(pairs).map((value) => Math.abs(value));
      const check: OperationCheck = {
        name: `matAttention ${molecules.map((molecule) => molecule.rows)} + ${surplus}, ${heads} x ${depth}`,
        inputs: {
          q: { shape, amplitude: 2 },
          k: { shape, amplitude: 2 },
          v: { shape },
          constant: { shape: [pairs], values: constant, gradient: false },
          tiles: { shape: [tiles.length / 4, 4], values: tiles, gradient: false },
          places: { shape: [rows, 4], values: placesOf(molecules, surplus), gradient: false },
        },
        build: (step, { q, k, v, constant, tiles }) =>
          matAttention(step, { qkv: concatColumns(step, [q, k, v]), constant, tiles }, {
            heads,
            lambda: 0.33,
          }),
        reference: matAttentionReference({ molecules, heads, depth, lambda: 0.33, rows }),
        tolerance: 1e-5,
        absolute: 1e-6,
      };
      await checkOperation(engine, check);
      const most = Math.max(...molecules.map(({ keys }) => keys));
      await checkOperation(engine, {
        ...check,
        name: `naive ${check.name}`,
        build: (step, { q, k, v, constant, places }) =>
          matAttentionNaive(step, { qkv: concatColumns(step, [q, k, v]), constant, places }, {
            heads,
            lambda: 0.33,
            most,
          }),
      });
    }
  },
);

gpuTest("matAttention() refuses a width that heads do not divide", async (engine) => {
  const tensor = engine.constant([2, 7], new Float32Array(14), "q");
  const tiles = engine.constant([1, 4], new Uint32Array(4), "tiles");
  const constant = engine.constant([4], new Float32Array(4), "constant");
  await assert.rejects(
    () =>
      engine.record(
        "refused",
        (step) => matAttention(step, { qkv: tensor, constant, tiles }, { heads: 2, lambda: 1 }),
      ),
    (error) => error instanceof ShapeError && /needs 3 x 2 heads of whole channels/.test(error.message),
  );
}, ["software"]);

releaseEngines();
