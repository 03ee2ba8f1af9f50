/**
 * The folder of golden files: `PERTURBINE_GOLDENS`, else `../shared/goldens`, else the copy in `tests/goldens`.
 * @param child a folder inside, such as `csg2a`, that must be there
 * @returns undefined where there is none; tests then say so and pass
 */
export function goldensFolder(child = ""): string | undefined {
  const root = new URL("../../", import.meta.url);
  const candidates = [
    Deno.env.get("PERTURBINE_GOLDENS"),
    new URL("../shared/goldens", root).pathname,
    new URL("tests/goldens", root).pathname,
  ];
  return candidates.filter((path) => path !== undefined).map((path) => child ? `${path}/${child}` : path)
    .find(exists);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
