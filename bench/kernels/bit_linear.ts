import { bitLinear, bitLists } from "../../models/ops/bit_linear.ts";
import { linear } from "../../engine/ops/linear.ts";
import type { KernelCase } from "../kernel_case.ts";
import { linearReference } from "../reference/linear.ts";
import { operationCase, randomInput } from "./operation_case.ts";

/** The layer on fragment fingerprints: lists of set bits against a dense product with zeros and ones. */
export const bitLinearCase: KernelCase = operationCase({
  name: "bit-linear",
  summary: "linear layer on fingerprints, 12 of 1024 bits set | naive: the same as a dense product",
  sizes: { rows: 320, bits: 1024, out: 256, set: 12 },
  variants: {
    lists: (step, { starts, setBits, rowStarts, setRows, weight }) =>
      bitLinear(step, { starts, setBits, rowStarts, setRows, weight }, {}),
    naive: (step, { x, weight }) => linear(step, { x, weight }, {}),
  },
  inputs({ rows, bits, out, set }, random) {
    const lists = Array.from(
      { length: rows },
      () => [...new Set(Array.from({ length: set }, () => random.below(bits)))].sort((a, b) => a - b),
    );
    const x = new Float32Array(rows * bits);
    lists.forEach((list, row) => list.forEach((bit) => x[row * bits + bit] = 1));
    const { starts, setBits, rowStarts, setRows } = bitLists(lists, bits, rows * set);
    const data = (values: Uint32Array<ArrayBuffer>) => ({ shape: [values.length], values, gradient: false });
    return {
      weight: randomInput(random, [out, bits]),
      x: { shape: [rows, bits], values: x, gradient: false, fixed: true },
      starts: data(starts),
      setBits: data(setBits),
      rowStarts: data(rowStarts),
      setRows: data(setRows),
    };
  },
  reference: ({ rows, bits, out }) => linearReference({ rows, width: bits, out }),
});
