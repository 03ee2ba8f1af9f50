import { type Tunable, Tuning, type Uniforms } from "../../engine/mod.ts";
import type { TuningTask } from "./tune_shapes.ts";
import { tunedWorks } from "./tuned/mod.ts";

/** In the place of a table: has none of its own, and keeps what it is asked, which is all that tuning could change. */
export class AskedChoices extends Tuning {
  readonly #tasks = new Map<string, TuningTask>();

  /** A task for each class of shapes that was asked for. */
  get tasks(): TuningTask[] {
    return [...this.#tasks.values()];
  }

  /** Leaves the choice to the rule. */
  override choose<Value extends string | number>(tunable: Tunable<Value>, sizes: Uniforms): undefined {
    const shape = tunable.shapeClass(sizes);
    const key = `${tunable.name} ${shape}`;
    const known = this.#tasks.get(key);
    if (known && extent(known.sizes) >= extent(sizes)) return;
    const work = tunedWorks.find((work) => work.tunable.name === tunable.name);
    if (work) this.#tasks.set(key, { work, shape, sizes });
  }
}

function extent(sizes: Uniforms): number {
  return Object.values(sizes).reduce((product, size) => product * Math.max(1, size), 1);
}
