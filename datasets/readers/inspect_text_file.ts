import { UserError } from "../user_error.ts";

/** What the first and last bytes of a text file tell. */
export interface TextFileNature {
  readonly bytes: number;
  readonly lineEnd: "\n" | "\r\n";
  /** False when the last line stops without a line end: normal for some editors, or the mark of a truncated file. */
  readonly endsWithLineEnd: boolean;
}

const peek = 1 << 16;

function refuseBinary(path: string, head: Uint8Array): void {
  const kind = head[0] === 0x1f && head[1] === 0x8b
    ? "a gzip archive; unpack it first"
    : head[0] === 0x50 && head[1] === 0x4b
    ? "a zip archive or spreadsheet; export it as CSV first"
    : (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
    ? "UTF-16 text; save it as UTF-8"
    : head.includes(0)
    ? "a binary file (it contains zero bytes); export it as CSV first"
    : undefined;
  if (kind !== undefined) throw new UserError(`${path}: expected a UTF-8 text file, found ${kind}.`);
}

/**
 * Looks at both ends of a text file before it is streamed.
 *
 * @throws {UserError} when it does not exist, is a folder, cannot be read, is empty, or is not UTF-8 text.
 */
export async function inspectTextFile(path: string): Promise<TextFileNature> {
  let file: Deno.FsFile;
  try {
    const { isDirectory } = await Deno.stat(path);
    if (isDirectory) {
      throw new UserError(`${path}: expected a file, found a folder; name the file inside it.`);
    }
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new UserError(`${path}: the file does not exist; check the path.`);
    }
    throw new UserError(
      `${path}: the file cannot be read (${
        error instanceof Error ? error.message : error
      }); check its permissions.`,
    );
  }
  using opened = file;
  const { size } = await opened.stat();
  if (size === 0) {
    throw new UserError(
      `${path}: the file is empty (0 bytes), expected a header line and rows; export it again.`,
    );
  }
  const head = new Uint8Array(Math.min(size, peek));
  const read = await opened.read(head) ?? 0;
  const bytes = head.subarray(0, read);
  refuseBinary(path, bytes);
  const firstLineFeed = bytes.indexOf(10);
  if (firstLineFeed < 0 && bytes.includes(13)) {
    throw new UserError(
      `${path}: lines end in bare carriage returns (an old Macintosh file), expected line feeds; save it again.`,
    );
  }
  const last = new Uint8Array(1);
  await opened.seek(size - 1, Deno.SeekMode.Start);
  await opened.read(last);
  return {
    bytes: size,
    lineEnd: firstLineFeed > 0 && bytes[firstLineFeed - 1] === 13 ? "\r\n" : "\n",
    endsWithLineEnd: last[0] === 10,
  };
}
