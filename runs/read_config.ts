import { z } from "zod";
import { UserError } from "../datasets/user_error.ts";
import { fromCsg2aFormat, fromRankingFormat } from "./old_formats.ts";
import { parseJson } from "./parse_json.ts";
import { type RunConfig, runConfigSchema } from "./run_config.ts";
import { system } from "../host/system.ts";

/**
 * The configuration of a run folder, without locking it. Those of the two older formats are translated.
 *
 * @throws {UserError} when there is no run, or its configuration is damaged.
 * @example
 * ```ts
 * const { model, split } = await readConfig("runs/csg2a");
 * ```
 */
export async function readConfig(run: string): Promise<RunConfig> {
  const stat = await system.stat(run).catch(() => undefined);
  if (!stat?.isDirectory) throw new UserError(`${run}: there is no such run folder; check the path.`);
  const path = `${run}/config.json`;
  if (!await system.stat(path).then(() => true, () => false)) {
    throw new UserError(
      `${run} holds no run (no config.json); give the folder that a training command wrote.`,
    );
  }
  return await readConfigFile(path);
}

const formats = ["perturbine run 1", "perturbine ranking run 1", "perturbine run 2"];

/** As {@link readConfig}, from the file itself. @throws {UserError} naming every faulty field. */
export async function readConfigFile(path: string): Promise<RunConfig> {
  const { format } = await parseJson(path, z.looseObject({ format: z.string() }), { formats });
  switch (format) {
    case "perturbine run 1":
      return fromCsg2aFormat(await parseJson(path, z.looseObject({})), path);
    case "perturbine ranking run 1":
      return fromRankingFormat(await parseJson(path, z.looseObject({})), path);
    default:
      return await parseJson(path, runConfigSchema);
  }
}
