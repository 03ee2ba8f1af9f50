import { hostname } from "node:os";
import { UserError } from "../../datasets/user_error.ts";

/** Milliseconds without a sign of life after which another machine's claim is taken over. */
export const staleAfter = 180_000;

/** A run folder that is this process's alone until it is disposed. */
export interface Claim extends AsyncDisposable {
  /** Aborted when another process has taken it over, having seen no sign of life of this one. */
  readonly lost: AbortSignal;
}

/** Distinguishes the unfinished claims of one process. */
let partials = 0;

/**
 * Claims a run folder for this process alone, on any machine that shares the file system, or takes over the claim of a process that
 * has died; undefined while another one holds it. Disposing gives it back.
 *
 * A claim is a file `.claim-N` that appears whole, by a hard link, which succeeds for one process only. Its holder keeps a lock on
 * it, which the operating system lets go of however the process ends, and writes to it now and then, for machines that do not see
 * one another's locks. A dead claim N is replaced by linking N + 1: again one process alone can do that.
 *
 * @param stale milliseconds without a sign of life after which a claim of another machine is dead.
 * @throws {UserError} when the file system knows no locks or no hard links.
 */
export async function claimFolder(folder: string, stale = staleAfter): Promise<Claim | undefined> {
  await Deno.mkdir(folder, { recursive: true });
  const partial = `${folder}/.claim.${hostname()}.${Deno.pid}-${partials++}.partial`;
  const file = await Deno.open(partial, { read: true, write: true, createNew: true });
  let claim: string | undefined;
  try {
    await requireLock(file, folder);
    await file.write(
      new TextEncoder().encode(JSON.stringify({ host: hostname(), process: Deno.pid }) + "\n"),
    );
    claim = await linkClaim(folder, partial, (await file.stat()).mtime!.getTime() - stale);
  } finally {
    await removed(partial);
    if (claim === undefined) file.close();
  }
  if (claim === undefined) return undefined;
  // In a thread of its own: this one may be busy for minutes.
  const sign = new Worker(new URL("./sign_of_life.ts", import.meta.url).href, { type: "module" });
  const { ino } = await file.stat();
  const lost = new AbortController();
  sign.onmessage = () => lost.abort();
  sign.postMessage({ claim, ino, every: stale / 9 });
  return {
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      sign.terminate();
      // Of a lost claim the name may be another's.
      const now = await Deno.stat(claim).catch(() => undefined);
      if (now?.ino === ino) await removed(claim);
      file.close();
    },
  };
}

/** Whether a folder is claimed, be it by a process that has died. */
export async function isClaimed(folder: string): Promise<boolean> {
  return (await claimsIn(folder)).length > 0;
}

/** Makes a file the newest claim, unless the present one is alive; returns its path. */
async function linkClaim(folder: string, partial: string, oldest: number): Promise<string | undefined> {
  const last = Math.max(0, ...await claimsIn(folder));
  using dead = last > 0 ? await deadClaim(claimPath(folder, last), oldest) : undefined;
  if (last > 0 && !dead) return undefined;
  const claim = claimPath(folder, last + 1);
  try {
    await Deno.link(partial, claim);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotFound) return undefined;
    throw new UserError(
      `${folder}: tasks are claimed by hard links, which this file system refuses (${
        (error as Error).message
      }); choose an --out on ` +
        "one that has them.",
    );
  }
  const claims = await claimsIn(folder);
  // While this process slept between looking and linking, others may have taken the folder over and ended, and one more gone on: under
  // a higher number or, numbers beginning anew when no claim is left, a lower one.
  let late = Math.max(...claims) > last + 1;
  for (const number of claims) {
    if (late || number > last) continue;
    const path = claimPath(folder, number);
    // Below the last lies what a process left that died while it took over.
    using left = number === last ? undefined : await deadClaim(path, oldest);
    const judged = await (left ?? dead)?.stat();
    const now = await Deno.stat(path).catch(() => undefined);
    if (now && now.ino !== judged?.ino) late = true;
    else await removed(path);
  }
  if (!late) return claim;
  await removed(claim);
  return undefined;
}

/** The claim, locked, of a process that has died; undefined when it lives or has just let go. */
async function deadClaim(path: string, oldest: number): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, { read: true, write: true }).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (!file) return undefined;
  let dead = false;
  try {
    // A lock of another machine may be out of sight here.
    dead = await file.tryLock(true) &&
      (await hostOf(file) === hostname() || (await file.stat()).mtime!.getTime() < oldest);
  } finally {
    if (!dead) file.close();
  }
  return dead ? file : undefined;
}

/** The machine that made a claim; of one that a crash of the machine has emptied or damaged, none. */
async function hostOf(claim: Deno.FsFile): Promise<string | undefined> {
  const start = new Uint8Array(4096);
  const length = await claim.read(start) ?? 0;
  try {
    return JSON.parse(new TextDecoder().decode(start.subarray(0, length)).split("\n")[0]).host;
  } catch {
    return undefined;
  }
}

async function requireLock(file: Deno.FsFile, folder: string): Promise<void> {
  const locked = await file.tryLock(true).catch((error) => error as Error);
  if (locked === true) return;
  throw new UserError(
    `${folder}: tasks are claimed by file locks, which this file system refuses (${
      locked === false ? "a new file is locked already" : locked.message
    }); choose an --out on one that has them.`,
  );
}

const claimPath = (folder: string, number: number): string => `${folder}/.claim-${number}`;

async function claimsIn(folder: string): Promise<number[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
  return names.flatMap((name) => /^\.claim-(\d+)$/.exec(name)?.slice(1) ?? []).map(Number);
}

async function removed(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
