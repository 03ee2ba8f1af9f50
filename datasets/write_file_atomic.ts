import { basename, dirname, join } from "node:path";
import { UserError } from "./user_error.ts";

const encoder = new TextEncoder();
let serial = 0;

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** A rename survives a power cut only when the folder is synced too; not every platform can open a folder. */
async function syncFolder(folder: string): Promise<void> {
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch {
    // Windows: the rename is durable without it.
  }
}

/**
 * Writes a file so that a reader, or a crash, sees either the old content or the new one, never a part:
 * a temporary file in the same folder is written, fsynced and renamed over `path`.
 *
 * @param content Text, bytes, or parts of either that are written one after the other (a large table need not be in
 * memory as one text).
 * @throws {UserError} when the folder does not exist or cannot be written; the temporary file is removed.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | Iterable<string | Uint8Array>,
): Promise<void> {
  const parts = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  const temporary = join(dirname(path), `.${basename(path)}.${Deno.pid}-${serial++}.tmp`);
  let created = false;
  try {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      created = true;
      for (const part of parts) await writeAll(file, typeof part === "string" ? encoder.encode(part) : part);
      await file.sync();
    }
    await Deno.rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (created) await Deno.remove(temporary).catch(() => {});
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(
        `${path}: cannot be written, its folder does not exist; create ${dirname(path)} first.`,
      );
    }
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
      throw new UserError(
        `${path}: cannot be written, permission is denied; choose another place or mend its rights.`,
      );
    }
    throw error;
  }
}
