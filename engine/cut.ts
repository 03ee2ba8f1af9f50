/** A dimension cut into pieces: `each` units in every piece but the last, which holds what is left. */
export interface Cut {
  /** Units of a piece. */
  readonly each: number;
  /** How many pieces; 1 for a dimension of no units. */
  readonly pieces: number;
}

/** At most `pieces` pieces of equal size, a multiple of `unit`. */
export function cutInto(total: number, pieces: number, unit = 1): Cut {
  const each = Math.max(1, Math.ceil(total / Math.max(1, pieces) / unit)) * unit;
  return { each, pieces: Math.max(1, Math.ceil(total / each)) };
}

/** As few pieces as hold at most `most` units each. */
export function cutAtMost(total: number, most: number): Cut {
  return cutInto(total, Math.ceil(total / most));
}

/**
 * The pieces of a sum in two stages, inside the pieces and then over them: at least `least` terms a piece, and about as
 * many pieces as terms where there are many, so that neither stage is long. The error of a sum grows with its longer stage.
 */
export function cutSum(terms: number, least: number, unit = 1): Cut {
  return cutInto(terms, Math.floor(terms / Math.max(least, Math.sqrt(terms))), unit);
}

/** The same pieces, or ever more of them, until one of `each` units can be run. */
export function cutFiner(total: number, cut: Cut, runs: (each: number) => boolean, unit = 1): Cut {
  let finer = cut;
  while (finer.each > unit && !runs(finer.each)) finer = cutInto(total, 2 * finer.pieces, unit);
  return finer;
}

/** One of the pieces. */
export interface Piece {
  /** First unit. */
  readonly from: number;
  /** How many. */
  readonly count: number;
}

/** The pieces of a cut, in order. */
export function piecesOf(total: number, { each, pieces }: Cut): Piece[] {
  return Array.from({ length: pieces }, (_, k) => ({
    from: k * each,
    count: Math.min(each, total - k * each),
  }));
}
