import { hostname } from "node:os";
import { UserError } from "../../datasets/user_error.ts";

/** Milliseconds without a sign of life after which another machine's claim is taken over. */
export const staleAfter = 180_000;

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
export async function claimFolder(folder: string, stale = staleAfter): Promise<AsyncDisposable | undefined> {
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
  sign.postMessage({ claim, every: stale / 9 });
  return {
    async [Symbol.asyncDispose]() {
      sign.terminate();
      await removed(claim);
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
  if (Math.max(...claims) > last + 1) {
    // While this process slept between looking and linking, another took the folder over, ended, and a third went on.
    await removed(claim);
    return undefined;
  }
  for (const number of claims) if (number <= last) await removed(claimPath(folder, number));
  return claim;
}

/** The claim, locked, of a process that has died; undefined when it lives or has just let go. */
async function deadClaim(path: string, oldest: number): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, { read: true, write: true }).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (!file) return undefined;
  if (await file.tryLock(true)) {
    const { host } = JSON.parse((await Deno.readTextFile(path).catch(() => "{}")).split("\n")[0]);
    // A lock of another machine may be out of sight here.
    if (host === hostname() || (await file.stat()).mtime!.getTime() < oldest) return file;
  }
  file.close();
  return undefined;
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
