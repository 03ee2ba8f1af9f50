import { MersenneTwister } from "./mersenne_twister.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";

/**
 * `torch.randperm(n)` of a CPU generator with this seed: for i in 0 .. n-2 swap r[i] with r[i + next mod (n - i)].
 *
 * Source: csg2a.md section 5.
 */
export function torchRandperm(n: number, seed: number): Uint32Array<ArrayBuffer> {
  const generator = new MersenneTwister(seed);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const other = i + generator.next() % (n - i);
    const kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
  return order;
}

/**
 * The split of the released notebooks: `torch.randperm` cut into training, validation and test in this order, with
 * floor(0.1 n) rows each for the last two. Rows are ascending inside each part.
 *
 * Source: csg2a.md section 5.
 * @throws {UserError} when n is below 10, where validation and test would be empty.
 */
export function torchRandomSplit(n: number, seed: number): Split {
  const part = Math.floor(0.1 * n);
  if (part < 1) {
    throw new UserError(
      `The split of the released notebooks needs at least 10 rows, found ${n}; choose the random split.`,
    );
  }
  const order = torchRandperm(n, seed);
  const trained = n - 2 * part;
  return {
    name: `torch random_split, seed ${seed}`,
    train: order.slice(0, trained).sort(),
    validation: order.slice(trained, trained + part).sort(),
    test: order.slice(trained + part).sort(),
  };
}
