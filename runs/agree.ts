import { z } from "zod";
import { checksumOfSplit } from "../datasets/splits/split_file.ts";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { gatherJson } from "../models/distributed/communicator.ts";
import { whoShares } from "../models/distributed/local_steps.ts";
import type { OuterSettings } from "../models/distributed/outer_step.ts";
import type { Group, Predictor } from "../models/model.ts";
import { changedFields } from "./changed_fields.ts";
import { parseJson } from "./parse_json.ts";
import { version } from "./environment.ts";
import type { PreparedRun } from "./prepare.ts";
import { system } from "../host/system.ts";

/**
 * Makes sure that all processes of a group train the same: version, configuration, data, split.
 *
 * @throws {UserError} on every process alike, naming the first that differs and in what.
 */
export async function agree(
  group: Group,
  { config, data, split, model }: PreparedRun,
  predictor: Predictor,
): Promise<void> {
  if (config.training === null) {
    throw new UserError(
      `${model.title} is fitted in closed form, by one process, so leave mpirun out; ${whoShares}.`,
    );
  }
  predictor.requireGroup?.(group);
  const all = await gatherJson(group.communicator, {
    version,
    flags: flagsOf(wayOf(group)),
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
    if (other.flags !== first.flags) fail("the flags", other.flags || "none", first.flags || "none");
    const changed = changedFields({ ...first.config }, { ...other.config }, ["data.folder", "split.file"]);
    if (changed.length > 0) {
      throw new UserError(`rank ${rank} is configured otherwise than rank 0: ${changed.join("; ")}.`);
    }
    if (other.data !== first.data) fail("other data, of fingerprint", other.data, first.data);
    if (other.split !== first.split) fail("a split of checksum", other.split, first.split);
  }
}

const file = "ranks.json";

/** How many processes share a run, and how: its bytes depend on that. */
interface Way {
  readonly ranks: number;
  readonly ownNorm: boolean;
  readonly local?: OuterSettings;
}

const waySchema: z.ZodType<Way> = z.object({
  ranks: z.int().positive(),
  ownNorm: z.boolean().default(false),
  local: z.object({ every: z.int(), rate: z.number(), momentum: z.number() }).optional(),
});

function wayOf({ communicator: { size }, ownNorm = false, local }: Group): Way {
  return { ranks: size, ownNorm, local };
}

function flagsOf({ ownNorm, local }: Way): string {
  if (!local) return ownNorm ? "--own-norm" : "";
  return `--sync-every ${local.every} --outer-rate ${local.rate} --outer-momentum ${local.momentum}`;
}

/** Keeps it in the run. */
export async function keepRanks(run: string, group: Group): Promise<void> {
  await writeFileAtomic(`${run}/${file}`, JSON.stringify(wayOf(group)) + "\n");
}

/**
 * Makes sure that a run goes on with as many processes as it began with, and as they shared it then.
 *
 * @throws {UserError} saying how it began.
 */
export async function requireSameRanks(run: string, group: Group | undefined): Promise<void> {
  const path = `${run}/${file}`, alone: Way = { ranks: 1, ownNorm: false };
  const began: Way = await system.stat(path).then(() => true, () => false)
    ? await parseJson(path, waySchema)
    : alone;
  const now = group ? wayOf(group) : alone;
  const words = (way: Way) =>
    [`${way.ranks} ${way.ranks === 1 ? "process" : "ranks"}`, flagsOf(way)].filter((part) => part !== "")
      .join(" with ");
  if (words(began) === words(now)) return;
  const command = ["mpirun -n", began.ranks, "perturbine resume", run, flagsOf(began)].join(" ").trim();
  throw new UserError(
    `${run} began with ${words(began)} and would go on with ${
      words(now)
    }, to other bytes; start it as it began` +
      (began.ranks > 1 ? `: ${command}.` : "."),
  );
}
