import { existsSync } from "node:fs";
import { refuseLink } from "../host/refuse_link.ts";
import process from "node:process";
import { isOneOfManyRanks, kindOfLibrary, libraryVariable } from "../runs/mpi/library.ts";
import { openMpi } from "../runs/mpi/mpi.ts";
import { gatherJson } from "../models/distributed/communicator.ts";
import { outerDefaults, type OuterSettings } from "../models/distributed/outer_step.ts";
import type { SharingCost } from "../models/distributed/step_sharing.ts";
import type { Group } from "../models/model.ts";
import { StoppedError } from "../runs/errors.ts";
import { bytesText } from "../report/kit/numbers.ts";
import { requireAdapter } from "../runs/device.ts";
import { failureMessage } from "./failure_message.ts";
import { UsageError } from "./usage_error.ts";

/** Flags of a training over several ranks. */
export interface RankFlags {
  readonly ownNorm?: boolean;
  readonly syncEvery?: number;
  readonly outerRate?: number;
  readonly outerMomentum?: number;
  readonly silence?: number;
}

/** Whether this process is one of several ranks. */
export function underMpi(): boolean {
  return isOneOfManyRanks((name) => Deno.env.get(name));
}

/** Which of the processes that a launcher has started this is, from 0. */
export function rankOfLauncher(): number {
  const names = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"];
  return Number(names.map((name) => Deno.env.get(name)).find((value) => value !== undefined) ?? 0);
}

/** Commands that ranks do together, share by `--task`, or that say what each of them has. */
const forRanks = ["train", "finetune", "demo", "resume", "study", "sweep", "doctor"];

/** Refuses ranks that would each do the same work and write the same files. @throws {UsageError} */
export function refuseRanks(command: string): void {
  if (forRanks.includes(command) || !underMpi()) return;
  throw new UsageError(
    `${command} is done by one process, and this is one of several ranks, which would each do all of it; leave mpirun out, or start ` +
      "one rank alone (-n 1).",
  );
}

/** Refuses ranks that would each do all runs of a command. @throws {UsageError} */
export function refuseUnshared(task: string | undefined): void {
  if (task !== undefined || !underMpi()) return;
  throw new UsageError(
    "Ranks of one MPI job train one run together, and these are several runs; give each process a share of them by --task any.",
  );
}

/** Refuses flags that mean nothing to a process that trains by itself. @throws {UsageError} */
export function refuseRankFlags(flags: RankFlags): void {
  const flag = givenFlags(flags)[0];
  if (flag === undefined) return;
  throw new UsageError(
    `${flag} is of a training over ranks, and this process trains by itself; leave it out, or start one training by mpirun.`,
  );
}

/** As typed. */
function givenFlags({ ownNorm, syncEvery, outerRate, outerMomentum, silence }: RankFlags): string[] {
  const numbers = {
    "--sync-every": syncEvery,
    "--outer-rate": outerRate,
    "--outer-momentum": outerMomentum,
    "--silence": silence,
  };
  return [
    ...ownNorm ? ["--own-norm"] : [],
    ...Object.entries(numbers).flatMap(([name, value]) => value === undefined ? [] : [`${name} ${value}`]),
  ];
}

/** How ranks step by themselves; undefined: they take every step together. @throws {UsageError} for flags that do not go together. */
function localSteps(flags: RankFlags): OuterSettings | undefined {
  const { syncEvery, ownNorm, outerRate, outerMomentum } = flags;
  if (syncEvery === undefined) {
    const outer = givenFlags({ outerRate, outerMomentum })[0];
    if (outer === undefined) return undefined;
    throw new UsageError(
      `${outer} is of the step that joins the ranks' own; add --sync-every STEPS, or leave it out.`,
    );
  }
  if (ownNorm) {
    throw new UsageError(
      `--own-norm says nothing beside --sync-every ${syncEvery}: a rank that steps by itself knows its own rows alone; leave it out.`,
    );
  }
  return {
    every: syncEvery,
    rate: outerRate ?? outerDefaults.rate,
    momentum: outerMomentum ?? outerDefaults.momentum,
  };
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
  const local = localSteps(flags);
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
  const group: Group = { communicator: mpi, ownNorm, local, onCost: (found) => cost = { ...found } };
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
    await letFirstSpeak(mpi.rank);
    say(
      `error: rank ${mpi.rank} of ${mpi.size}: ${failureMessage(error)} The job ends on all ranks${
        resumable(place, flags)
      }.`,
    );
    return mpi.abort();
  }
}

/** Where all ranks fail alike, rank 0 says it and ends the job before the others do. */
export async function letFirstSpeak(rank: number): Promise<void> {
  if (rank > 0) await new Promise((resume) => setTimeout(resume, 2000));
}

function resumable(path: string, flags: RankFlags): string {
  if (path === "" || !existsSync(`${path}/config.json`)) return "";
  return `; go on with the same launcher and: ${["perturbine resume", path, ...givenFlags(flags)].join(" ")}`;
}

/** What sharing has cost, for people. */
function costSentence(
  { steps, bytes, outer, gradients, exposed, exchanges }: SharingCost,
  ranks: number,
): string {
  const each = (value: number, count = steps) => (value / Math.max(1, count)).toPrecision(3);
  const sent = `rank 0 sent ${bytesText(bytes / Math.max(1, steps))} a step`;
  if (outer > 0) {
    return `${ranks} ranks, ${steps} steps each, ${outer} outer ones: ${sent}; an outer step took ${
      each(gradients, outer)
    } ms.`;
  }
  const hidden = gradients > 0 ? Math.round(100 * Math.max(0, 1 - exposed / gradients)) : 100;
  return `${ranks} ranks, ${steps} steps: ${sent}; gradients travelled ${each(gradients)} ms a step, ` +
    `${hidden} % of it behind the backward pass; exchanges inside the step took ${each(exchanges)} ms.`;
}

async function adapterName(): Promise<string> {
  const { info } = await requireAdapter();
  return `${info.description || info.device || info.vendor || "unnamed adapter"}, process ${Deno.pid}`;
}

/** Everything that this process says goes to `rank-N.log` in the run folder. */
async function speakInto(folder: string, rank: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await refuseLink(`${folder}/rank-${rank}.log`);
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
