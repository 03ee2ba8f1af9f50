/** A browser brings its adapter along. */
export function provideAdapter(): Promise<void> {
  return Promise.resolve();
}
