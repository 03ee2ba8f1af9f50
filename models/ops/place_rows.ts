import { gather, nowhere } from "../../kernels/gather/gather.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Inputs: `sourceOf` each place and `placeOf` each row are inverse maps, `nowhere` where there is none. */
export type PlaceRowsInputs = { x: Tensor; sourceOf: Tensor; placeOf: Tensor };

// In `sourceOf`: an empty place. In `placeOf`: a row that goes nowhere, as the surplus of a bucketed batch.
export { nowhere };

/**
 * Rows put into padded sets: place p of a sample's set holds x[sourceOf[p]], empty places zero. The derivative fetches
 * every row's gradient from its place, so nothing is added up; rows that went nowhere get zero.
 *
 * Shapes: x [rows, width], sourceOf [samples, items] u32, placeOf [rows] u32 -> [samples, items, width].
 * Host side: `placement`.
 * @throws {ShapeError} when `placeOf` does not fit x, or `sourceOf` is not [samples, items].
 */
export const placeRows: (step: Step, inputs: PlaceRowsInputs, attributes: void) => Tensor = defineOperation<
  PlaceRowsInputs,
  void,
  { rows: number; places: number; width: number }
>({
  name: "place_rows",
  forward(step, { x, sourceOf, placeOf }) {
    const [rows, width] = x.shape;
    const [samples, items] = sourceOf.shape;
    if (placeOf.size !== rows || sourceOf.shape.length !== 2) {
      throw new ShapeError(`placeRows(): ${placeOf} and ${sourceOf} do not place the rows of ${x}.`);
    }
    step.bound(sourceOf, { rows, orNowhere: true, reader: `placeRows(): ${x}` });
    step.bound(placeOf, { rows: samples * items, orNowhere: true, reader: `placeRows(): ${sourceOf}` });
    const y = step.empty([samples, items, width], "padded sets");
    step.run(gather, { x, index: sourceOf, y }, { rows: samples * items, sources: rows, width });
    return { output: y, saved: { rows, places: samples * items, width } };
  },
  backward(step, { inputs: { placeOf }, saved: { rows, places, width }, dy, gradient }) {
    const dx = gradient("x");
    if (dx) step.run(gather, { x: dy, index: placeOf, y: dx }, { rows, sources: places, width });
  },
});

/** The arrays that `placeRows` takes, and the mask of the places that hold a row. */
export interface Placement {
  /** Row of x by place, or `nowhere`. */
  readonly sourceOf: Uint32Array<ArrayBuffer>;
  /** Place by row of x, or `nowhere`. */
  readonly placeOf: Uint32Array<ArrayBuffer>;
  /** 1 for a place that holds a row. */
  readonly mask: Float32Array<ArrayBuffer>;
}

/**
 * Maps rows to padded sets.
 *
 * @param sampleOf sample of every row
 * @param slotOf place of the row in its sample's set
 * @param rows capacity of the table that is placed: rows past the given ones go nowhere
 * @throws {ShapeError} when a row lies outside the sets, or there are more rows than `rows`
 */
export function placement(
  { sampleOf, slotOf }: { sampleOf: ArrayLike<number>; slotOf: ArrayLike<number> },
  { samples, items, rows }: { samples: number; items: number; rows: number },
): Placement {
  if (sampleOf.length > rows) throw new ShapeError(`placement(): ${sampleOf.length} rows, room for ${rows}.`);
  const sourceOf = new Uint32Array(samples * items).fill(nowhere);
  const placeOf = new Uint32Array(rows).fill(nowhere);
  for (let row = 0; row < sampleOf.length; row++) {
    if (sampleOf[row] >= samples || slotOf[row] >= items) {
      throw new ShapeError(
        `placement(): row ${row} is item ${slotOf[row]} of sample ${
          sampleOf[row]
        }; there are ${samples} x ${items}.`,
      );
    }
    placeOf[row] = sampleOf[row] * items + slotOf[row];
    sourceOf[placeOf[row]] = row;
  }
  return { sourceOf, placeOf, mask: Float32Array.from(sourceOf, (source) => source === nowhere ? 0 : 1) };
}
