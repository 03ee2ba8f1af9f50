import { UserError } from "../datasets/user_error.ts";
import { namesIn } from "../runs/run_folder.ts";

/**
 * The runs behind each path that a user gives: a run folder is one training; a folder that `--seeds` has written holds several of
 * one model.
 *
 * @throws {UserError} when a folder holds neither.
 */
export async function trainingsOf(paths: readonly string[]): Promise<string[][]> {
  return await Promise.all(paths.map(async (path) => {
    const names = await namesIn(path).catch(() => {
      throw new UserError(`${path}: there is no such run folder; check the path.`);
    });
    if (names.includes("config.json")) return [path];
    const seeds = names.filter((name) => /^seed-\d+$/.test(name));
    if (seeds.length > 0) return seeds.sort(bySeed).map((name) => `${path}/${name}`);
    throw new UserError(
      `${path} holds no run (no config.json, no folders seed-N); give the folder that a training command wrote.`,
    );
  }));
}

function bySeed(a: string, b: string): number {
  return Number(a.slice(5)) - Number(b.slice(5));
}
