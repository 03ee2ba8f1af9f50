import { existsSync } from "node:fs";
import process from "node:process";
import { isOneOfManyRanks, kindOfLibrary, libraryVariable } from "../runs/mpi/library.ts";
import { openMpi } from "../runs/mpi/mpi.ts";
import { gatherJson } from "../models/distributed/communicator.ts";
import type { SharingCost } from "../models/distributed/step_sharing.ts";
import type { Group } from "../models/model.ts";
import { StoppedError } from "../runs/errors.ts";
import { requireAdapter } from "../runs/device.ts";
import { failureMessage } from "./failure_message.ts";
import { UsageError } from "./usage_error.ts";

/** Flags of a training over several ranks. */
export interface RankFlags {
  readonly ownNorm?: boolean;
  readonly silence?: number;
}

/** Whether this process is one of several ranks. */
export function underMpi(): boolean {
  return isOneOfManyRanks((name) => Deno.env.get(name));
}

/** Refuses ranks that would each do all runs of a command. @throws {UsageError} */
export function refuseUnshared(task: string | undefined): void {
  if (task !== undefined || !underMpi()) return;
  throw new UsageError(
    "Ranks of one MPI job train one run together, and these are several runs; give each process a share of them by --task any.",
  );
}

/** Refuses flags that mean nothing to a process that trains by itself. @throws {UsageError} */
export function refuseRankFlags({ ownNorm, silence }: RankFlags): void {
  const flag = ownNorm ? "--own-norm" : silence === undefined ? undefined : `--silence ${silence}`;
  if (flag === undefined) return;
  throw new UsageError(
    `${flag} is of a training over ranks, and this process trains by itself; leave it out, or start one training by mpirun.`,
  );
}

/**
 * Takes part in a training with the other ranks: rank 0 leads, the others follow and speak to a file of their own. However one of them
 * ends, all do.
 *
 * @param path of the run folder; asked of rank 0 alone.
 */
export async function withRanks<Result>(
  flags: RankFlags,
  path: () => Promise<string>,
  roles: {
    lead(group: Group, path: string): Promise<Result>;
    follow(group: Group): Promise<void>;
  },
): Promise<Result | undefined> {
  const { ownNorm, silence = 600 } = flags;
  const library = Deno.env.get(libraryVariable);
  const kind = library === undefined ? undefined : kindOfLibrary(library);
  if (library === undefined || !kind) {
    throw new UsageError(
      "This process is one of several ranks and knows no MPI library; start it by `deno task perturbine`, which finds it.",
    );
  }
  const mpi = openMpi(library, kind, 1000 * silence);
  const say = console.error;
  let cost: SharingCost | undefined;
  const group: Group = { communicator: mpi, ownNorm, onCost: (found) => cost = { ...found } };
  let place = "";
  try {
    const lead = mpi.rank === 0;
    [place] = await gatherJson(mpi, lead ? await path() : "");
    if (!lead) await speakInto(place, mpi.rank);
    const adapters = await gatherJson(mpi, await adapterName());
    if (lead) {
      say(`${mpi.size} ranks, ${mpi.version}`);
      adapters.forEach((adapter, rank) => say(`rank ${rank}: ${adapter}`));
    }
    const result = lead ? await roles.lead(group, place) : await roles.follow(group);
    if (lead && cost) say(costSentence(cost, mpi.size));
    await mpi.finish();
    return lead ? result as Result : undefined;
  } catch (error) {
    if (error instanceof StoppedError) {
      await mpi.finish();
      if (mpi.rank === 0) throw error;
      return undefined;
    }
    // Where all ranks fail alike, rank 0 says it.
    if (mpi.rank !== 0) await new Promise((resume) => setTimeout(resume, 2000));
    say(
      `error: rank ${mpi.rank} of ${mpi.size}: ${failureMessage(error)} The job ends on all ranks${
        resumable(place)
      }.`,
    );
    return mpi.abort();
  }
}

function resumable(path: string): string {
  const begun = path !== "" && existsSync(`${path}/config.json`);
  return begun ? `; go on with the same launcher and: perturbine resume ${path}` : "";
}

/** What sharing has cost, for people. */
function costSentence({ steps, bytes, gradients, exposed, exchanges }: SharingCost, ranks: number): string {
  const each = (value: number) => (value / Math.max(1, steps)).toPrecision(3);
  const hidden = gradients > 0 ? Math.round(100 * Math.max(0, 1 - exposed / gradients)) : 100;
  return `${ranks} ranks, ${steps} steps: rank 0 sent ${each(bytes)} bytes a step; gradients travelled ${
    each(gradients)
  } ms a step, ` +
    `${hidden} % of it behind the backward pass; exchanges inside the step took ${each(exchanges)} ms.`;
}

async function adapterName(): Promise<string> {
  const { info } = await requireAdapter();
  return `${info.description || info.device || info.vendor || "unnamed adapter"}, process ${Deno.pid}`;
}

/** Everything that this process says goes to `rank-N.log` in the run folder. */
async function speakInto(folder: string, rank: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const log = await Deno.open(`${folder}/rank-${rank}.log`, { write: true, create: true, truncate: true });
  const write = (text: string) => {
    log.writeSync(new TextEncoder().encode(text));
    return true;
  };
  console.log = console.error = (...words: unknown[]) => void write(words.join(" ") + "\n");
  process.stdout.write =
    process.stderr.write =
      ((text: string) => write(String(text))) as typeof process.stdout.write;
}
