import { descendingOrder } from "../datasets/metrics/order.ts";

/** Places of the highest and of the lowest values, as many of each, the most extreme first. */
export function extremes(values: Float32Array, each: number): { up: number[]; down: number[] } {
  const order = Array.from(descendingOrder(values));
  const count = Math.min(each, Math.floor(order.length / 2));
  return { up: order.slice(0, count), down: order.slice(order.length - count).reverse() };
}

/** What the two ends are called: a gene is raised only where the values are changes and its own is above zero. */
export function endWords(
  changes: boolean,
  up: readonly number[],
  down: readonly number[],
): { readonly up: "Raised" | "Highest"; readonly down: "Lowered" | "Lowest" } {
  return {
    up: changes && up.every((value) => value > 0) ? "Raised" : "Highest",
    down: changes && down.every((value) => value < 0) ? "Lowered" : "Lowest",
  };
}
