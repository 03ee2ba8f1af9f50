import { checksumOfSplit } from "../datasets/splits/split_file.ts";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { gatherJson } from "../models/distributed/communicator.ts";
import type { Group } from "../models/model.ts";
import { changedFields } from "./changed_fields.ts";
import { version } from "./environment.ts";
import type { PreparedRun } from "./prepare.ts";

/**
 * Makes sure that all processes of a group train the same: version, configuration, data, split.
 *
 * @throws {UserError} on every process alike, naming the first that differs and in what.
 */
export async function agree(
  { communicator }: Group,
  { config, data, split, model }: PreparedRun,
): Promise<void> {
  if (config.training === null) {
    throw new UserError(
      `${model.title} is fitted in closed form, by one process; several have nothing to share: leave mpirun out.`,
    );
  }
  const all = await gatherJson(communicator, {
    version,
    config,
    data: data.fingerprint,
    split: checksumOfSplit(data, split),
  });
  const [first] = all;
  for (const [rank, other] of all.entries()) {
    const fail = (what: string, found: string, expected: string): never => {
      throw new UserError(
        `rank ${rank} has ${what} ${found}, rank 0 ${expected}; start all ranks with the same.`,
      );
    };
    if (other.version !== first.version) fail("version", other.version, first.version);
    const changed = changedFields({ ...first.config }, { ...other.config }, ["data.folder", "split.file"]);
    if (changed.length > 0) {
      throw new UserError(`rank ${rank} is configured otherwise than rank 0: ${changed.join("; ")}.`);
    }
    if (other.data !== first.data) fail("other data, of fingerprint", other.data, first.data);
    if (other.split !== first.split) fail("a split of checksum", other.split, first.split);
  }
}

const file = "ranks.json";

/** Keeps how many processes share a run: its bytes depend on that. */
export async function keepRanks(
  run: string,
  { communicator: { size }, ownNorm = false }: Group,
): Promise<void> {
  await writeFileAtomic(`${run}/${file}`, JSON.stringify({ ranks: size, ownNorm }) + "\n");
}

/**
 * Makes sure that a run goes on with as many processes as it began with, and the same BatchNorm.
 *
 * @throws {UserError} saying how it began.
 */
export async function requireSameRanks(run: string, group: Group | undefined): Promise<void> {
  const kept = await Deno.readTextFile(`${run}/${file}`).catch(() => undefined);
  const began = kept === undefined ? { ranks: 1, ownNorm: false } : JSON.parse(kept);
  const now = { ranks: group?.communicator.size ?? 1, ownNorm: group?.ownNorm ?? false };
  const words = ({ ranks, ownNorm }: typeof now) =>
    `${ranks} ${ranks === 1 ? "process" : "ranks"}${ownNorm ? " with --own-norm" : ""}`;
  if (words(began) === words(now)) return;
  throw new UserError(
    `${run} began with ${words(began)} and would go on with ${
      words(now)
    }, to other bytes; start it as it began` +
      (began.ranks > 1 ? `: mpirun -n ${began.ranks} perturbine resume ${run}.` : "."),
  );
}
