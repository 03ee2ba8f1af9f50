/** @throws {RangeError} for a dropout that is no share: the kernels would make zeros of everything, or drop nothing. */
export function requireRate(operation: string, rate: number): void {
  if (rate >= 0 && rate <= 1) return;
  throw new RangeError(`${operation}(): the dropout rate is ${rate}; expected a number from 0 to 1.`);
}
