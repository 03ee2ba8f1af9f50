/**
 * The folder of golden files of one model family: `PERTURBINE_GOLDENS` where set, else `../shared/goldens`, else the
 * copy in `tests/goldens`.
 *
 * @param path such as `csg2a` or `csg2a/checkpoints`; `PERTURBINE_GOLDENS` may name the parent of `csg2a`, or itself
 * @returns undefined where there is none; tests then say so and pass
 * @throws {Error} when `PERTURBINE_GOLDENS` is set but holds no such folder: a wrong path must not check other files
 */
export function goldensFolder(path: string): string | undefined {
  const wanted = Deno.env.get("PERTURBINE_GOLDENS");
  if (wanted) {
    const [model, ...inside] = path.split("/");
    const family = [`${wanted}/${model}`, wanted].find((folder) => exists(`${folder}/index.json`));
    if (!family) {
      throw new Error(`PERTURBINE_GOLDENS=${wanted}: neither ${model}/index.json nor index.json is there.`);
    }
    const folder = [family, ...inside].join("/");
    return exists(folder) ? folder : undefined;
  }
  const root = new URL("../../", import.meta.url);
  return ["../shared/goldens", "tests/goldens"]
    .map((place) => new URL(`${place}/${path}`, root).pathname)
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
