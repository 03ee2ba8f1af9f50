/** True in the long form of the tests: what takes minutes on a software driver runs there only, and is counted as skipped else. */
export const longTests: boolean = Deno.env.get("PERTURBINE_LONG_TESTS") === "1";

/** Ignores a test of the long form, and says so, unless it was asked for. */
export function leftToTheLongForm(name: string): boolean {
  if (!longTests) console.log(`skipped: ${name}; PERTURBINE_LONG_TESTS=1 runs it`);
  return !longTests;
}
