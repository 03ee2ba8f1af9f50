/** Arrays of the block in float64, row-major: profile, condition, upstream [batch, genes]; weights [genes, width]. */
export interface BlockArrays {
  readonly batch: number;
  readonly genes: number;
  readonly width: number;
  readonly profile: ArrayLike<number>;
  readonly condition: ArrayLike<number>;
  readonly wGex: ArrayLike<number>;
  readonly wComp: ArrayLike<number>;
  /** P as CSR, ones where listed. */
  readonly indptr: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly upstream: ArrayLike<number>;
}

/** Output and gradients of the block. */
export interface BlockResult {
  readonly y: Float64Array;
  readonly dProfile: Float64Array;
  readonly dCondition: Float64Array;
  readonly dWGex: Float64Array;
  readonly dWComp: Float64Array;
}

/**
 * The CSG2A block in float64, closed form sample by sample: from q_i, z = Q'g and t = Q'u (rowsum: their sums m and n)
 * follow the output and every gradient. Source: csg2a.md 4.1, 4.2.
 */
export function referenceBlock(arrays: BlockArrays, variant: "matmul" | "rowsum"): BlockResult {
  const { batch, genes, width, profile, condition, wGex, wComp, indptr, indices, upstream } = arrays;
  const scale = 1 / Math.sqrt(width);
  const rowsum = variant === "rowsum";
  const y = new Float64Array(batch * genes);
  const dProfile = new Float64Array(batch * genes);
  const dCondition = new Float64Array(batch * genes);
  const dWGex = new Float64Array(genes * width);
  const dWComp = new Float64Array(genes * width);
  const q = new Float64Array(genes * width);
  for (let sample = 0; sample < batch; sample++) {
    const at = sample * genes;
    const z = new Float64Array(width);
    const t = new Float64Array(width);
    for (let i = 0; i < genes; i++) {
      const g = profile[at + i];
      const u = upstream[at + i];
      for (let c = 0; c < width; c++) {
        const value = g * wGex[i * width + c] + condition[at + i] * wComp[i * width + c];
        q[i * width + c] = value;
        z[c] += rowsum ? value : g * value;
        t[c] += rowsum ? u * g * value : u * value;
      }
    }
    for (let i = 0; i < genes; i++) {
      const g = profile[at + i];
      const u = upstream[at + i];
      let score = 0;
      for (let c = 0; c < width; c++) score += q[i * width + c] * z[c];
      let neighbours = 0;
      for (let e = indptr[i]; e < indptr[i + 1]; e++) {
        const k = indices[e];
        neighbours += rowsum ? 1 : profile[at + k];
        if (!rowsum) dProfile[at + k] += u;
      }
      const row = scale * score + neighbours;
      y[at + i] = rowsum ? g * row : row;
      // As the thing weighted (rowsum: the factor outside), the profile gets:
      let direct = 0;
      if (rowsum) direct = u * row;
      else for (let c = 0; c < width; c++) direct += scale * q[i * width + c] * t[c];
      let throughGex = 0;
      let throughComp = 0;
      for (let c = 0; c < width; c++) {
        const dq = scale * (rowsum ? u * g * z[c] + t[c] : u * z[c] + g * t[c]);
        throughGex += wGex[i * width + c] * dq;
        throughComp += wComp[i * width + c] * dq;
        dWGex[i * width + c] += g * dq;
        dWComp[i * width + c] += condition[at + i] * dq;
      }
      dProfile[at + i] += direct + throughGex;
      dCondition[at + i] = throughComp;
    }
  }
  return { y, dProfile, dCondition, dWGex, dWComp };
}
