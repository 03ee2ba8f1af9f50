import type { Engine } from "../../engine/mod.ts";
import { atomFeatureCount, attentionLambdas } from "../../models/csg2a/sizes.ts";
import type { MoleculeTensors } from "../../models/csg2a/network.ts";
import type { GoldenFile } from "./golden_file.ts";

/** The golden's padded molecules in the layout of the kernels: every row asks, the rows of the mask are asked. */
export function packPadded(golden: GoldenFile) {
  const [batch, length] = golden.shape("in.mask");
  const mask = golden.integers("in.mask");
  const adjacency = golden.has("in.adj") ? golden.values("in.adj") : undefined;
  const distance = golden.has("in.dist") ? golden.values("in.dist") : undefined;
  const nodes = Array.from(
    { length: batch },
    (_, b) => mask.subarray(b * length, (b + 1) * length).reduce((s, m) => s + m, 0),
  );
  const pairStart = nodes.map((_, b) => nodes.slice(0, b).reduce((sum, keys) => sum + keys * length, 0));
  const constant = new Float32Array(nodes.reduce((sum, keys) => sum + keys * length, 0));
  const tiles: number[] = [];
  const [, lambdaDistance, lambdaAdjacency] = attentionLambdas;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < length; i++) {
      if (i % 4 === 0) tiles.push(b * length + i, b * length, nodes[b] | (length << 16), pairStart[b]);
      if (!adjacency || !distance) continue;
      const row = (b * length + i) * length;
      const degree = adjacency.subarray(row, row + length).reduce((sum, value) => sum + value, 1e-6);
      for (let j = 0; j < nodes[b]; j++) {
        constant[pairStart[b] + i * nodes[b] + j] = lambdaDistance * Math.exp(-distance[row + j]) +
          lambdaAdjacency * adjacency[row + j] / degree;
      }
    }
  }
  return {
    nodes,
    /** What the encoder takes, on the device. */
    tensors(engine: Engine): Pick<MoleculeTensors, "features" | "constant" | "tiles"> {
      const rows = batch * length;
      const features = golden.has("in.node")
        ? golden.values("in.node")
        : new Float32Array(rows * atomFeatureCount);
      return {
        features: engine.constant([rows, atomFeatureCount], features, "atom features"),
        constant: engine.constant([constant.length], constant, "distance and adjacency terms"),
        tiles: engine.constant([tiles.length / 4, 4], Uint32Array.from(tiles), "tiles"),
      };
    },
  };
}
