/** Vectors of some nodes of one type. */
export interface NodeFeatures {
  /** Type of the nodes. */
  readonly type: string;
  /** Where they came from: a file, or `Morgan bits`. */
  readonly file: string;
  /** Which nodes have one, ascending. */
  readonly nodes: Uint32Array<ArrayBuffer>;
  /** Values a node. */
  readonly width: number;
  /** nodes x width. */
  readonly values: Float32Array<ArrayBuffer>;
}
