/** Families of goldens that are checked here, each a folder. */
export const goldenFamilies = ["csg2a", "badger", "chemistry", "kg-gat"] as const;

/**
 * The folder of golden files of one family: in `PERTURBINE_GOLDENS` where set, else in `../shared/goldens`, else in the
 * copy `tests/goldens`.
 *
 * @param path such as `csg2a` or `csg2a/checkpoints`; `PERTURBINE_GOLDENS` may name the parent of the families, or the
 * folder of csg2a itself (the one with an `index.json`)
 * @returns undefined where there is none; tests then say so and pass
 * @throws {Error} when `PERTURBINE_GOLDENS` is set but holds no family: a wrong path must not check other files
 */
export function goldensFolder(path: string): string | undefined {
  const wanted = Deno.env.get("PERTURBINE_GOLDENS");
  if (wanted) {
    const [family, ...inside] = path.split("/");
    const itself = exists(`${wanted}/index.json`);
    if (!itself && !goldenFamilies.some((name) => exists(`${wanted}/${name}`))) {
      throw new Error(
        `PERTURBINE_GOLDENS=${wanted}: holds none of ${goldenFamilies.join(", ")}, and no index.json.`,
      );
    }
    const root = exists(`${wanted}/${family}`)
      ? `${wanted}/${family}`
      : itself && family === "csg2a"
      ? wanted
      : undefined;
    const folder = root && [root, ...inside].join("/");
    return folder && exists(folder) ? folder : undefined;
  }
  const root = new URL("../../", import.meta.url);
  return ["../shared/goldens", "tests/goldens"]
    .map((place) => new URL(`${place}/${path}`, root).pathname).find(exists);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
