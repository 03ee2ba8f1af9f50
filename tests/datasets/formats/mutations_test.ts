import assert from "node:assert/strict";
import { readGmt } from "../../../datasets/formats/gmt.ts";
import { openMatrix } from "../../../datasets/formats/open_matrix.ts";
import { readSdf } from "../../../datasets/formats/sdf.ts";
import { gctLines, gctxBytes, type WritableMatrix } from "../../../datasets/formats/write_matrix.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { longTests } from "../../support/long_tests.ts";

const mutations = longTests ? 2000 : 150;

const matrix: WritableMatrix = {
  samples: {
    ids: Array.from({ length: 6 }, (_, at) => `well${at}`),
    fields: new Map([["dose", ["1", "2", "3", "", "5", "6"]]]),
  },
  features: { ids: ["DDR1", "PAX8", "RPS5", "ABCF1"], fields: new Map() },
  values: Float32Array.from({ length: 24 }, (_, at) => at / 3),
};
const molfile =
  "aspirin\n\n\n  2  1  0  0  0\n    1.0000    2.0000    0.0000 C   0  0\n   -1.0000    2.5000    0.1000 O   0  0\n" +
  "  1  2  1  0\nM  END\n> <ID>\n7\n\n$$$$\n";

async function readMatrix(path: string): Promise<void> {
  using file = await openMatrix(path);
  const values = file.read(0, file.samples.ids.length);
  assert.equal(values.length, file.samples.ids.length * file.features.ids.length);
}

async function readMolecules(path: string): Promise<void> {
  for await (const { coordinates, elements } of readSdf(path)) {
    assert.equal(coordinates.length, 3 * elements.length);
    assert(coordinates.every(Number.isFinite));
  }
}

const formats: [string, () => Promise<Uint8Array>, (path: string) => Promise<unknown>][] = [
  ["gct", () => Promise.resolve(new TextEncoder().encode([...gctLines(matrix)].join(""))), readMatrix],
  ["gctx", () => gctxBytes(matrix, "test"), readMatrix],
  ["h5ad", () => Deno.readFile(new URL("fixtures/anndata_csr.h5ad", import.meta.url)), readMatrix],
  ["gmt", () => Promise.resolve(new TextEncoder().encode("A\thttp\tX\tY\tX\nB\t\tZ\tY\n")), readGmt],
  ["sdf", () => Promise.resolve(new TextEncoder().encode(molfile)), readMolecules],
];

/** Small and seeded: mulberry32. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bits turned, bytes replaced, a stretch removed or doubled, the end cut. */
function mutated(bytes: Uint8Array, next: () => number): Uint8Array {
  const at = Math.floor(next() * bytes.length), length = 1 + Math.floor(next() * 40);
  switch (Math.floor(next() * 5)) {
    case 0: {
      const copy = bytes.slice();
      copy[at] ^= 1 << Math.floor(next() * 8);
      return copy;
    }
    case 1:
      return bytes.map((byte, index) => index >= at && index < at + length ? Math.floor(next() * 256) : byte);
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    case 3:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...bytes.subarray(at, at + length),
        ...bytes.subarray(at),
      ]);
    default:
      return bytes.slice(0, at);
  }
}

for (const [name, bytes, read] of formats) {
  Deno.test(`${mutations} damaged ${name} files are read or refused in a sentence`, async () => {
    const folder = await Deno.makeTempDir();
    const whole = await bytes();
    const next = random(name.length * 1000 + whole.length);
    try {
      const path = `${folder}/file.${name}`;
      await Deno.writeFile(path, whole);
      await read(path);
      for (let round = 0; round < mutations; round++) {
        await Deno.writeFile(path, mutated(whole, next));
        const started = performance.now();
        try {
          await read(path);
        } catch (error) {
          assert(
            error instanceof UserError,
            `round ${round}: a raw ${error instanceof Error ? error.stack : error}`,
          );
          assert(error.message.startsWith(path), error.message);
          assert(error.message.length < 600, error.message);
        }
        assert(performance.now() - started < 30_000, `round ${round} took ${performance.now() - started} ms`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
