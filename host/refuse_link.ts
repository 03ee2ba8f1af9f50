import { CheckpointError } from "./checkpoint/checkpoint_error.ts";
import { system } from "./system.ts";

/**
 * Makes sure that a file of a run that is lengthened, cut or locked in its place is no link: the file that it points to, outside
 * the run, would be changed. (Files that are replaced as a whole take the link's place.)
 *
 * @throws {CheckpointError} when it is one.
 */
export async function refuseLink(path: string): Promise<void> {
  const info = await system.lstat(path).catch(() => undefined);
  if (!info?.isSymlink) return;
  throw new CheckpointError(
    `${path} is a link to another file, expected the run's own; put a copy in its place.`,
  );
}
