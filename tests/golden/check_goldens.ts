import type { Engine } from "../../engine/mod.ts";
import { checkCheckpoint } from "./checkpoints.ts";
import { checkAttentionMaps } from "./attention_maps.ts";
import type { GoldenCheck } from "./compare.ts";
import { brokenResult, type GoldenResult, goldenResult } from "./golden_result.ts";
import { checkFeatures } from "./features.ts";
import { GoldenFile } from "./golden_file.ts";
import { hostOpCheckFor } from "./host_ops.ts";
import { checkModel } from "./models.ts";
import { operationChecks, Skipped } from "./ops.ts";
import { checkReleasedKeys } from "./released_keys.ts";

async function checkOne(engine: Engine, folder: string, name: string): Promise<readonly GoldenCheck[]> {
  const base = name.split("/").at(-1)!;
  if (name.startsWith("features/")) return [await checkFeatures(folder, name)];
  const golden = await GoldenFile.open(folder, name);
  if (golden.manifest.kind === "model") return await checkModel(engine, golden);
  if (base.startsWith("attention_maps")) return checkAttentionMaps(golden);
  const host = hostOpCheckFor(golden.manifest);
  if (host) {
    const tensors = new Map(golden.names.map((key) => [key, {
      shape: golden.shape(key),
      data: golden.manifest.tensors[key]?.dtype === "I32" ? golden.integers(key) : golden.values(key),
    }]));
    return host.check(golden.manifest as Parameters<typeof host.check>[0], tensors);
  }
  const check = operationChecks.find(([prefix]) => base.startsWith(prefix))?.[1];
  if (!check) throw new Error(`${name}: no check is known for this golden.`);
  return await check(engine, golden);
}

/**
 * Checks every file of a csg2a goldens folder that its `index.json` lists or its folders hold.
 *
 * @param filter only names that contain it
 */
export async function* checkGoldens(
  engine: Engine,
  folder: string,
  filter = "",
): AsyncGenerator<GoldenResult> {
  const index = await listed(folder);
  const checkpoints = index.filter(({ name }) => name.startsWith("checkpoints/"));
  for (const { name } of index) {
    if (!name.includes(filter) || checkpoints.some((entry) => entry.name === name)) continue;
    try {
      yield goldenResult(name, await checkOne(engine, folder, name));
    } catch (error) {
      if (error instanceof Skipped) yield goldenResult(name, [], error.message);
      else yield brokenResult(name, error);
    }
  }
  const manifests = checkpoints.length > 0
    ? checkpoints.map(({ name }) => `${name.slice("checkpoints/".length)}.json`)
    : [];
  for (const manifest of manifests) {
    const name = `checkpoints/${manifest.replace(/\.json$/, "")}`;
    if (!name.includes(filter)) continue;
    const checks = manifest.startsWith("released_keys")
      ? await checkReleasedKeys(`${folder}/checkpoints/${manifest}`)
      : await checkCheckpoint(`${folder}/checkpoints`, manifest);
    yield goldenResult(name, checks);
  }
  const keys = `${folder}/checkpoints/released_keys.json`;
  if (
    "checkpoints/released_keys".includes(filter) && !manifests.includes("released_keys.json") &&
    await exists(keys)
  ) {
    yield goldenResult("checkpoints/released_keys", await checkReleasedKeys(keys));
  }
}

/** Names from `index.json`, and of every manifest that it forgot. */
async function listed(folder: string): Promise<{ name: string }[]> {
  const names = new Set<string>();
  if (await exists(`${folder}/index.json`)) {
    const index = JSON.parse(await Deno.readTextFile(`${folder}/index.json`)) as readonly { name: string }[];
    for (const { name } of index) names.add(name);
  }
  for (const kind of ["ops", "models", "features", "checkpoints"]) {
    if (!await exists(`${folder}/${kind}`)) continue;
    const files = [...Deno.readDirSync(`${folder}/${kind}`)].map((entry) => entry.name).sort();
    for (const file of files) {
      const manifest = file.endsWith(".json") && !file.endsWith(".smiles.json") &&
        file !== "released_keys.json";
      if (manifest) names.add(`${kind}/${file.slice(0, -".json".length)}`);
    }
  }
  return [...names].map((name) => ({ name }));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
