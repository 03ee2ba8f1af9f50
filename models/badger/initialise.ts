import type { ParameterSpec } from "../../engine/mod.ts";
import {
  constantValues,
  normalValues,
  orthogonalValues,
  torchDefaultValues,
  uniformValues,
} from "../initialisers.ts";

/** Tables that come from files; a missing one starts as released for that case. */
export interface BadgerTables {
  /** Gene features [genes, gene width]. */
  readonly genes?: Float32Array;
  /** Start of the trainable pathway table [pathways, hidden]; orthogonal without. */
  readonly pathways?: Float32Array;
}

/**
 * Starting values of one state_dict entry as the release draws them (badger.md 2.6): encoders and fusions PyTorch's
 * default; tables from files; projections, feed-forwards and decoder Xavier-normal with bias 0.01; score matrices
 * orthogonal; the score's bias uniform within 0.1; norms 1 and 0.
 */
export function initialBadgerValues(
  spec: ParameterSpec,
  specs: readonly ParameterSpec[],
  tables: BadgerTables,
  seed: number,
): Float32Array<ArrayBuffer> {
  const { key, shape } = spec;
  if (key.endsWith("gene_emb")) {
    return tables.genes ? Float32Array.from(tables.genes) : normalValues(spec, 1, seed);
  }
  if (key === "path_mab.pathways") {
    return tables.pathways ? Float32Array.from(tables.pathways) : orthogonalValues(spec, seed);
  }
  if (key.endsWith("pseudo")) return normalValues(spec, 1, seed);
  if (key.endsWith("fillmask") || key.endsWith("weights_gamma")) return constantValues(spec, 1);
  if (key.endsWith("bias_beta") || key === "diff_decoder.decoder_bias") return constantValues(spec, 0);
  if (key === "diff_decoder.decoder_weights") {
    const values = normalValues(spec, 1, seed);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    return values.map((value) => value / length);
  }
  if (/similarity\.[UT]$/.test(key)) return orthogonalValues(spec, seed);
  if (key.endsWith("similarity.b")) return uniformValues(spec, 0.1, seed);
  if (/^(comp_encoder|cell_encoder|drugcell_fusion|drugcellgene_fusion)\.|\.norm\d\./.test(key)) {
    return torchDefaultValues(spec, specs, seed);
  }
  if (shape.length === 1) return constantValues(spec, 0.01);
  return normalValues(spec, Math.sqrt(2 / (shape[0] + shape[1])), seed);
}
