/** One line of a reproduced table: what was published, and what this project gets. */
export interface ReproducedLine {
  readonly what: string;
  readonly published: number | null;
  /** Where the published figure stands; absent without one. */
  readonly source?: string;
  readonly here: number | null;
  readonly unit: string;
  /** For example over how many seeds, or why nothing was measured. */
  readonly note?: string;
}

/** A published table that this project repeats. Published figures are marked as such wherever they are shown. */
export interface Reproduction {
  readonly name: string;
  readonly title: string;
  readonly command: string;
  readonly lines: readonly ReproducedLine[];
}

/** A published table of costs: it needs no data, only an adapter. */
export interface CostTable {
  readonly name: string;
  readonly title: string;
  /** Its lines; `quick` measures fewer and smaller sizes. */
  lines(gpu: GPU, quick: boolean): Promise<ReproducedLine[]>;
}
