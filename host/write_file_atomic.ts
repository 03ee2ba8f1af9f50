import { diskStep } from "./disk_step.ts";
import { type OpenFile, system } from "./system.ts";

/** What a file can be written from: text, bytes, or pieces of either in order. */
export type FileContent =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>;

/** Distinguishes the unfinished files of one process. */
let writes = 0;

/**
 * Writes a file so that its path holds either all of the old content or all of the new, whenever the process or
 * the machine stops: written beside (`NAME.PID-N.partial`), fsynced, renamed, and the folder fsynced.
 * A failure leaves the old file and removes the unfinished one; after a SIGKILL the unfinished one stays, see
 * `removePartials`.
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const partial = `${path}.${system.pid}-${writes++}.partial`;
  try {
    // Scoped: Windows renames no open file.
    diskStep("create", path);
    {
      using file = await system.open(partial, { write: true, createNew: true });
      for await (const piece of pieces(content)) {
        diskStep("write", path);
        await writeAll(file, piece);
      }
      diskStep("sync", path);
      await file.sync();
    }
    diskStep("rename", path);
    await system.rename(partial, path);
  } catch (error) {
    await system.remove(partial).catch(() => {});
    throw error;
  }
  await syncFolder(path);
}

/**
 * Removes what writers killed in the middle have left in a folder. Call it only where nobody else can be writing
 * there, for instance while holding the folder's lock.
 * @returns the names removed
 */
export async function removePartials(folder: string): Promise<string[]> {
  const removed: string[] = [];
  for await (const entry of system.readDir(folder)) {
    if (!entry.isFile || !/\.\d+-\d+\.partial$/.test(entry.name)) continue;
    await system.remove(`${folder}/${entry.name}`);
    removed.push(entry.name);
  }
  return removed.sort();
}

function pieces(content: FileContent): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  return typeof content === "string" || content instanceof Uint8Array ? [content] : content;
}

async function writeAll(file: OpenFile, piece: string | Uint8Array): Promise<void> {
  const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** Makes the rename itself durable. Windows cannot open a folder as a file, and needs no such step. */
async function syncFolder(path: string): Promise<void> {
  if (system.build.os === "windows") return;
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  diskStep("sync folder", path);
  using handle = await system.open(folder, { read: true });
  await handle.sync();
}
