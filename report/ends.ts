import { descendingOrder } from "../datasets/metrics/order.ts";
import type { RunReport } from "./run_report.ts";

/** Places of the highest and of the lowest values, as many of each, the most extreme first. */
export function extremes(values: Float32Array, each: number): { up: number[]; down: number[] } {
  const order = Array.from(descendingOrder(values));
  const count = Math.min(each, Math.floor(order.length / 2));
  return { up: order.slice(0, count), down: order.slice(order.length - count).reverse() };
}

/** What the two ends are called: a gene is raised only where its change is above zero. */
export function endWords(
  kind: RunReport["outputs"]["kind"],
  up: readonly number[],
  down: readonly number[],
): { readonly up: "Raised" | "Highest"; readonly down: "Lowered" | "Lowest" } {
  const changes = kind === "signature";
  return {
    up: changes && up.every((value) => value > 0) ? "Raised" : "Highest",
    down: changes && down.every((value) => value < 0) ? "Lowered" : "Lowest",
  };
}
