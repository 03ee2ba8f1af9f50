import { neighbourLists, type Structure } from "./structure.ts";

/** Marks two atoms that no path of bonds joins. */
export const unconnected = 0xffff;

/** Bonds on the shortest path between every two atoms, row-major, atoms x atoms; `unconnected` between components. */
export function bondPaths(structure: Structure): Uint16Array<ArrayBuffer> {
  const count = structure.atoms.length;
  const neighbours = neighbourLists(structure);
  const paths = new Uint16Array(count * count).fill(unconnected);
  for (let origin = 0; origin < count; origin++) {
    const row = paths.subarray(origin * count, (origin + 1) * count);
    row[origin] = 0;
    const queue = [origin];
    for (const atom of queue) {
      for (const { atom: next } of neighbours[atom]) {
        if (row[next] !== unconnected) continue;
        row[next] = row[atom] + 1;
        queue.push(next);
      }
    }
  }
  return paths;
}
