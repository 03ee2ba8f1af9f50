import type { Step, Tensor } from "../../engine/mod.ts";
import { degreeLinear } from "../../models/ops/degree_linear.ts";
import type { DegreeLinearInputs } from "../../models/ops/degree_linear_inputs.ts";
import { degreeLinearNaive } from "../naive/degree_linear_naive.ts";
import type { KernelCase } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { degreeLinearReference } from "../reference/degree_linear.ts";
import { operationCase, randomInput } from "./operation_case.ts";

/** Trees with one more bond here and there, as drugs are: at most four neighbours an atom. */
function randomGraph(molecules: number, atoms: number, random: RandomValues) {
  const lists: [neighbour: number, bond: number][][] = [];
  let bonds = 0;
  const join = (a: number, b: number) => {
    if (a === b || lists[a].length > 3 || lists[b].length > 3 || lists[a].some(([other]) => other === b)) {
      return;
    }
    lists[a].push([b, bonds]);
    lists[b].push([a, bonds++]);
  };
  for (let molecule = 0; molecule < molecules; molecule++) {
    const first = lists.length;
    for (let atom = 0; atom < atoms; atom++) {
      lists.push([]);
      if (atom > 0) join(first + atom, first + Math.max(0, atom - 1 - random.below(3)));
      if (atom > 5 && random.next() < 0.15) join(first + atom, first + atom - 5);
    }
  }
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach((list, atom) => starts[atom + 1] = starts[atom] + list.length);
  const entries = lists.flat();
  return {
    bonds,
    starts,
    neighbours: Uint32Array.from(entries, ([neighbour]) => neighbour),
    neighbourBonds: Uint32Array.from(entries, ([, bond]) => bond),
  };
}

/** Graph convolution with a weight a number of neighbours. */
export const degreeLinearCase: KernelCase = operationCase({
  name: "degree-linear",
  summary: "graph convolution of the neural fingerprint, a weight a number of neighbours",
  sizes: { molecules: 32, atoms: 27, width: 62, bondWidth: 6, out: 64 },
  variants: {
    chosen: (step: Step, t: Record<string, Tensor>) => degreeLinear(step, t as unknown as DegreeLinearInputs),
    naive: (step: Step, t: Record<string, Tensor>) =>
      degreeLinearNaive(step, t as unknown as DegreeLinearInputs),
  },
  inputs({ molecules, atoms, width, bondWidth, out }, random) {
    const graph = randomGraph(molecules, atoms, random);
    const data = (values: Uint32Array<ArrayBuffer>) => ({ shape: [values.length], values, gradient: false });
    return {
      x: randomInput(random, [molecules * atoms, width]),
      bonds: { ...randomInput(random, [graph.bonds, bondWidth]), gradient: false },
      starts: data(graph.starts),
      neighbours: data(graph.neighbours),
      neighbourBonds: data(graph.neighbourBonds),
      selfWeight: randomInput(random, [out, width]),
      bias: randomInput(random, [out]),
      ...Object.fromEntries(
        Array.from({ length: 6 }, (_, k) => [`degree${k}`, randomInput(random, [out, width + bondWidth])]),
      ),
    };
  },
  reference: ({ molecules, atoms, width, bondWidth, out }, { starts, neighbours, neighbourBonds }) =>
    degreeLinearReference(
      { starts: starts.values, neighbours: neighbours.values, neighbourBonds: neighbourBonds.values },
      { atoms: molecules * atoms, width, bondWidth, out },
    ),
});
