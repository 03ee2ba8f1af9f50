/** The few functions of jstat that are used here; the package ships no types. */
declare const jstat: {
  /** Regularised incomplete beta function I_x(a, b). */
  ibeta(x: number, a: number, b: number): number;
  readonly studentt: {
    /** Quantile of Student's t with `degreesOfFreedom`. */
    inv(p: number, degreesOfFreedom: number): number;
  };
  readonly hypgeom: {
    /** Probability of k marked in `drawn` draws without replacement from `universe`, of which `marked` are marked. */
    pdf(k: number, universe: number, marked: number, drawn: number): number;
  };
};
export default jstat;
