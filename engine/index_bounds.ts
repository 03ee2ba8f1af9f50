import { nowhere } from "../kernels/gather/gather.ts";
import { ShapeError } from "./errors.ts";
import type { Storage, Tensor } from "./tensor.ts";

/** What the values of an index tensor must be. */
export interface IndexBound {
  /** Rows of what is read by index. */
  readonly rows: number;
  /** Whether an index may be `nowhere`. */
  readonly orNowhere: boolean;
  /** Operation and table, for messages. */
  readonly reader: string;
}

/** A value that is largest, and where it stands. */
interface Largest {
  readonly value: number;
  readonly place: number;
}

/** The largest values of u32 constants, of all and of those that are not `nowhere`: what is recorded later may read by them. */
const constants = new WeakMap<Storage, Readonly<Record<"all" | "rows", Largest>>>();

/** Remembers what a constant holds, so that a reader can be told of a wrong value when it is recorded. */
export function rememberIndices(tensor: Tensor, values: Uint32Array): void {
  let [all, rows] = [{ value: -1, place: 0 }, { value: -1, place: 0 }];
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    if (value > all.value) all = { value, place };
    if (value > rows.value && value !== nowhere) rows = { value, place };
  }
  constants.set(tensor.storage, { all, rows });
}

/** @throws {ShapeError} when a constant holds a value that is no row of what it shall read */
export function checkConstant(tensor: Tensor, bound: IndexBound): void {
  const largest = constants.get(tensor.storage)?.[bound.orNowhere ? "rows" : "all"];
  if (largest && largest.value >= bound.rows) refuse(tensor, largest, bound);
}

/** @throws {ShapeError} at the first value that is no row of what it shall read */
export function checkIndices(tensor: Tensor, values: ArrayLike<number>, bound: IndexBound): void {
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    if (value >= bound.rows && !(bound.orNowhere && value === nowhere)) {
      refuse(tensor, { value, place }, bound);
    }
  }
}

function refuse(tensor: Tensor, { value, place }: Largest, { rows, reader }: IndexBound): never {
  throw new ShapeError(
    `${reader} has ${rows} rows, but ${tensor} holds ${value} at place ${place}; expected 0 to ${rows - 1}.`,
  );
}
