import type { Reference } from "../../testing/reference.ts";

/** A molecule graph as lists: neighbours and bonds of atom a are entries starts[a] .. starts[a + 1] - 1. */
export interface ReferenceGraph {
  readonly starts: ArrayLike<number>;
  readonly neighbours: ArrayLike<number>;
  readonly neighbourBonds: ArrayLike<number>;
}

/** The graph convolution of the neural fingerprint in float64: a weight a number of neighbours (badger.md 5.3). */
export function degreeLinearReference(
  { starts, neighbours, neighbourBonds }: ReferenceGraph,
  { atoms, width, bondWidth, out }: {
    readonly atoms: number;
    readonly width: number;
    readonly bondWidth: number;
    readonly out: number;
  },
): Reference {
  const row = width + bondWidth;
  const weightOf = (atom: number) => `degree${Math.min(5, starts[atom + 1] - starts[atom])}`;
  /** Calls back for every (atom, neighbour) with the neighbour's row and the bond's. */
  const eachBond = (atom: number, call: (neighbour: number, bond: number) => void) => {
    for (let e = starts[atom]; e < starts[atom + 1]; e++) call(neighbours[e], neighbourBonds[e]);
  };
  return {
    forward(inputs) {
      const { x, bonds, selfWeight, bias } = inputs;
      const y = new Float64Array(atoms * out);
      for (let atom = 0; atom < atoms; atom++) {
        const weight = inputs[weightOf(atom)];
        for (let o = 0; o < out; o++) {
          let sum = bias[o];
          for (let c = 0; c < width; c++) sum += x[atom * width + c] * selfWeight[o * width + c];
          eachBond(atom, (neighbour, bond) => {
            for (let c = 0; c < width; c++) sum += x[neighbour * width + c] * weight[o * row + c];
            for (let c = 0; c < bondWidth; c++) {
              sum += bonds[bond * bondWidth + c] * weight[o * row + width + c];
            }
          });
          y[atom * out + o] = sum;
        }
      }
      return y;
    },
    backward(inputs, dy) {
      const { x, bonds, selfWeight } = inputs;
      const dx = new Float64Array(atoms * width);
      const dself = new Float64Array(out * width);
      const dbias = new Float64Array(out);
      const degrees = Object.fromEntries(
        Array.from({ length: 6 }, (_, k) => [`degree${k}`, new Float64Array(out * row)]),
      );
      for (let atom = 0; atom < atoms; atom++) {
        const name = weightOf(atom);
        const weight = inputs[name];
        for (let o = 0; o < out; o++) {
          const up = dy[atom * out + o];
          dbias[o] += up;
          for (let c = 0; c < width; c++) {
            dx[atom * width + c] += up * selfWeight[o * width + c];
            dself[o * width + c] += up * x[atom * width + c];
          }
          eachBond(atom, (neighbour, bond) => {
            for (let c = 0; c < width; c++) {
              dx[neighbour * width + c] += up * weight[o * row + c];
              degrees[name][o * row + c] += up * x[neighbour * width + c];
            }
            for (let c = 0; c < bondWidth; c++) {
              degrees[name][o * row + width + c] += up * bonds[bond * bondWidth + c];
            }
          });
        }
      }
      return { x: dx, selfWeight: dself, bias: dbias, ...degrees };
    },
  };
}
