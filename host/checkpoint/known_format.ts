/**
 * Why a file's format mark (`perturbine state 2`) is not one that can be read here, as half a sentence; undefined when it is.
 * A newer version's is called newer, so that nobody takes it for damage.
 *
 * @param known marks that can be read, all of one kind, the newest last
 */
export function formatFault(found: unknown, known: readonly string[]): string | undefined {
  if (typeof found === "string" && known.includes(found)) return undefined;
  const newest = known.at(-1)!;
  const [kind, version] = partsOf(newest);
  const [foundKind, foundVersion] = partsOf(typeof found === "string" ? found : "");
  if (foundKind === kind && foundVersion > version) {
    return `is "${found}", of a newer version of Perturbine than this one, which reads up to "${newest}"; update Perturbine`;
  }
  const what = found === undefined
    ? "says no format"
    : `says the format ${JSON.stringify(found).slice(0, 60)}`;
  return `${what}, expected "${newest}"; it is damaged, or another program wrote it`;
}

function partsOf(mark: string): [kind: string, version: number] {
  const at = mark.lastIndexOf(" ");
  return [mark.slice(0, at), /^\d{1,9}$/.test(mark.slice(at + 1)) ? Number(mark.slice(at + 1)) : NaN];
}
