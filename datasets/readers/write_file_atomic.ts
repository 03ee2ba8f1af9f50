import { dirname } from "node:path";
import { type FileContent, writeFileAtomic as write } from "../../host/write_file_atomic.ts";
import { UserError } from "../user_error.ts";
import { system } from "../../host/system.ts";

export type { FileContent };

/**
 * Writes a file so that a reader, or a crash, sees either the old content or the new one, never a part (written beside,
 * fsynced, renamed).
 *
 * @param content Text, bytes, or parts of either that are written one after the other: a large table need not be in
 * memory as one text.
 * @throws {UserError} when the folder does not exist or cannot be written; nothing is left behind.
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  try {
    await write(path, content);
  } catch (error) {
    if (error instanceof system.errors.NotFound || error instanceof system.errors.NotADirectory) {
      throw new UserError(
        `${path}: cannot be written, its folder does not exist; create ${dirname(path)} first.`,
      );
    }
    if (error instanceof system.errors.PermissionDenied || error instanceof system.errors.NotCapable) {
      throw new UserError(
        `${path}: cannot be written, permission is denied; choose another place or mend its rights.`,
      );
    }
    throw error;
  }
}
