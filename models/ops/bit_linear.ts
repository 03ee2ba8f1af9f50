import { bitLinearBackwardWeight, bitLinearForward } from "../../kernels/bit_linear/bit_linear.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { recordTailGradient } from "../../engine/ops/elementwise.ts";
import { requireRate } from "../../engine/ops/require_rate.ts";
import { listPasses } from "../../engine/ops/list_passes.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

/** Lists of set bits on the device; `rowStarts` and `setRows` are needed where the weight learns. */
export type BitLinearInputs = {
  /** [rows + 1] u32: row r's bits are setBits[starts[r]] .. setBits[starts[r + 1] - 1]. */
  starts: Tensor;
  /** [capacity] u32. */
  setBits: Tensor;
  /** [bits + 1] u32: the rows that have bit k are setRows[rowStarts[k]] .. setRows[rowStarts[k + 1] - 1]. */
  rowStarts?: Tensor;
  /** [capacity] u32. */
  setRows?: Tensor;
  /** [out, bits]. */
  weight: Tensor;
  /** [out]. */
  bias?: Tensor;
};

/** What follows the layer. */
export interface BitLinearAttributes {
  /** A ReLU. */
  readonly relu?: boolean;
  /** A dropout behind the ReLU; `site` as of `elementwise`. */
  readonly dropout?: { readonly rate: number; readonly site: number };
}

/**
 * A linear layer on 0/1 rows, given as lists of set bits: y = sum of the weight's columns of those bits + bias. Its
 * gradient is zero for bits that no row of the batch has (badger.md 6, item 9). A row without bits gives the bias.
 *
 * Shapes: as the inputs say -> [rows, out]. Host side: `bitLists`.
 * @throws {ShapeError} when the lists do not fit the weight, or a dropout follows no ReLU.
 * @throws {RangeError} for a dropout rate outside [0, 1].
 */
export const bitLinear: (
  step: Step,
  inputs: BitLinearInputs,
  attributes: BitLinearAttributes,
) => Tensor = defineOperation<
  BitLinearInputs,
  BitLinearAttributes,
  { rows: number; out: number; bits: number }
>({
  name: "bit_linear",
  forward(step, { starts, setBits, rowStarts, setRows, weight, bias }, { relu = false, dropout }) {
    const { rate, site } = dropout ?? { rate: 0, site: 0 };
    requireRate("bitLinear", rate);
    if (rate > 0 && !relu) {
      throw new ShapeError(`bitLinear(): a dropout of rate ${rate} needs a ReLU before it.`);
    }
    const [out, bits] = weight.shape;
    if (bias && bias.size !== out) throw new ShapeError(`bitLinear(): bias ${bias} does not fit ${weight}.`);
    if (weight.requiresGradient && (rowStarts?.size !== bits + 1 || setRows?.size !== setBits.size)) {
      throw new ShapeError(
        `bitLinear(): rowStarts ${rowStarts} and setRows ${setRows} do not invert ${setBits} for ${weight}.`,
      );
    }
    const sizes = { rows: starts.size - 1, out, bits };
    const y = step.empty([sizes.rows, out], `bit linear(${weight.label})`);
    const tensors = { starts, set_bits: setBits, weight, bias: bias ?? weight, y };
    step.run(bitLinearForward(!!bias, relu, rate > 0), tensors, { ...sizes, site, rate });
    return { output: y, saved: sizes };
  },
  backward(step, { inputs: { rowStarts, setRows, bias }, attributes, output, saved: sizes, dy, gradient }) {
    let dz = dy;
    if (attributes.relu) {
      dz = step.empty(output.shape, "d(bit linear before activation)");
      const tail = { activation: "relu", dropout: attributes.dropout } as const;
      recordTailGradient(step, tail, output, dy, dz);
    }
    const dweight = gradient("weight");
    if (dweight && rowStarts && setRows) {
      for (const { from: skip, count: most } of listPasses(step, sizes.rows)) {
        const bindings = { dy: dz, row_starts: rowStarts, set_rows: setRows, dweight };
        step.run(bitLinearBackwardWeight(skip > 0), bindings, { ...sizes, skip, most });
      }
    }
    const dbias = bias && gradient("bias");
    if (dbias) sumColumns(step, dz, sizes.rows, sizes.out, dbias);
  },
});

/** The four arrays that `bitLinear` takes, for one batch. */
export interface BitLists {
  /** [rows + 1]: where the bits of a row begin in `setBits`. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Bits that are set, row by row. */
  readonly setBits: Uint32Array<ArrayBuffer>;
  /** [bits + 1]: where the rows of a bit begin in `setRows`. */
  readonly rowStarts: Uint32Array<ArrayBuffer>;
  /** Rows that have the bit set, bit by bit. */
  readonly setRows: Uint32Array<ArrayBuffer>;
}

/**
 * Packs each row's set bits, and the inverse lists.
 *
 * @param rows set bits of each row; an empty list for padding
 * @param bits number of bits a row
 * @param capacity length of the padded lists: the same for every batch of one recorded step
 * @throws {ShapeError} when a bit is out of range or the batch has more set bits than `capacity`
 */
export function bitLists(rows: readonly ArrayLike<number>[], bits: number, capacity: number): BitLists {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, r) => starts[r + 1] = starts[r] + row.length);
  const total = starts[rows.length];
  if (total > capacity) throw new ShapeError(`bitLists(): ${total} set bits, room for ${capacity}.`);
  const [setBits, setRows] = [new Uint32Array(capacity), new Uint32Array(capacity)];
  const rowStarts = new Uint32Array(bits + 1);
  rows.forEach((row, r) => {
    for (let k = 0; k < row.length; k++) {
      if (row[k] >= bits) throw new ShapeError(`bitLists(): bit ${row[k]} in row ${r}, of ${bits} bits.`);
      setBits[starts[r] + k] = row[k];
      rowStarts[row[k] + 1]++;
    }
  });
  for (let bit = 0; bit < bits; bit++) rowStarts[bit + 1] += rowStarts[bit];
  const next = rowStarts.slice();
  rows.forEach((_, r) => {
    for (let k = starts[r]; k < starts[r + 1]; k++) setRows[next[setBits[k]]++] = r;
  });
  return { starts, setBits, rowStarts, setRows };
}
