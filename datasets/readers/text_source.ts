import { fileKind } from "../../host/file_kind.ts";
import { gunzip } from "../../host/gunzip.ts";
import { UserError } from "../user_error.ts";
import { type OpenFile, system } from "../../host/system.ts";

/** A file of text, unpacked and decoded piece by piece. */
export interface TextSource {
  /** Its text without byte order mark. @throws {UserError} where it holds a NUL, or is damaged. */
  readonly chunks: AsyncIterable<string>;
  /**
   * Whether the text ended with a line end, and in which encoding it was; known after the last piece. `notUtf8`: the first byte that
   * made it Latin-1, and its place in the (unpacked) file, 1 for the first; known when its piece comes.
   */
  readonly ended: {
    lineEnd: boolean;
    encoding: "UTF-8" | "UTF-16" | "Latin-1";
    notUtf8?: { readonly byte: number; readonly at: number };
  };
}

const peek = 1 << 16;

/**
 * Opens a file of text: UTF-8, UTF-16 with a byte order mark or Latin-1 (Windows-1252), plain or gzip-compressed.
 *
 * @throws {UserError} when it does not exist, is a folder, cannot be read, is empty, or is a file of another kind.
 * @param anyText a document that is no CSV table may come (JSON, GCT, gene sets).
 */
export async function openText(path: string, anyText = false): Promise<TextSource> {
  const head = await firstBytes(path);
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  if (!packed && !anyText) refuseOtherKind(path, head);
  const ended: TextSource["ended"] = { lineEnd: false, encoding: "UTF-8" };
  return { ended, chunks: decoded(path, bytesOf(path, packed, anyText), ended) };
}

/** @throws {UserError} for a file that is no text. */
function refuseOtherKind(path: string, head: Uint8Array): void {
  const kind = fileKind(head);
  if (kind) {
    throw new UserError(`${path}: expected a table of text (CSV), found ${kind.name}; ${kind.forTable}.`);
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  let file: OpenFile;
  try {
    const { isDirectory } = await system.stat(path);
    if (isDirectory) {
      throw new UserError(`${path}: expected a file, found a folder; name the file inside it.`);
    }
    file = await system.open(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof system.errors.NotFound || error instanceof system.errors.NotADirectory) {
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
  return head.subarray(0, await opened.read(head) ?? 0);
}

async function* bytesOf(path: string, packed: boolean, anyText: boolean): AsyncGenerator<Uint8Array> {
  if (!packed) {
    try {
      yield* blocksOf(path);
    } catch (error) {
      throw new UserError(
        `${path}: reading failed (${(error as Error).message}); check the disk and try again.`,
      );
    }
    return;
  }
  let first = true;
  try {
    for await (const chunk of gunzip(blocksOf(path))) {
      if (first && !anyText) refuseOtherKind(path, chunk);
      first = false;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${path}: the gzip archive is damaged or cut (${
        (error as Error).message
      }), expected a whole one; fetch it again.`,
    );
  }
}

async function* blocksOf(path: string): AsyncGenerator<Uint8Array> {
  using file = await system.open(path);
  while (true) {
    const block = new Uint8Array(1 << 20);
    const read = await file.read(block);
    if (read === null) return;
    yield block.subarray(0, read);
  }
}

async function* decoded(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  ended: TextSource["ended"],
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  /** Whether letters beyond ASCII were met in UTF-8. */
  let beyondAscii = false, position = 0;
  /** Letters that the last piece ended within, which the decoder holds back. */
  let held = new Uint8Array();
  let lines = 0;
  const say = (text: string) => {
    if (text !== "") ended.lineEnd = text.endsWith("\n") || text.endsWith("\r");
    return text;
  };
  for await (const bytes of pieces) {
    if (decoder === undefined) {
      const wide = bytes[0] === 0xff && bytes[1] === 0xfe
        ? "utf-16le"
        : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
      if (wide) ended.encoding = "UTF-16";
      // Its mark is UTF-8 already.
      beyondAscii = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      decoder = wide ? new TextDecoder(wide) : new TextDecoder("utf-8", { fatal: true });
    }
    if (ended.encoding !== "UTF-16") {
      const zero = bytes.indexOf(0);
      if (zero >= 0) {
        throw new UserError(
          `${path}: found a zero byte (NUL) at byte ${
            position + zero + 1
          }, expected text; the file is binary or damaged, export it as CSV again.`,
        );
      }
    }
    try {
      const text = decoder.decode(bytes, { stream: true });
      // deno-lint-ignore no-control-regex
      if (ended.encoding === "UTF-8" && !beyondAscii) beyondAscii = /[^\x00-\x7f]/.test(text);
      yield say(text);
    } catch {
      const all = new Uint8Array(held.length + bytes.length);
      all.set(held);
      all.set(bytes, held.length);
      if (beyondAscii || hasUtf8Letter(bytes)) {
        const first = validLength(all);
        throw new UserError(
          `${path}, line ${lines + countOf(all.subarray(0, first)) + 1}: found the byte 0x${
            all[first].toString(16)
          } (byte ${
            position - held.length + first + 1
          } of the file), which is no UTF-8 as other letters are, expected one encoding; save the file again as UTF-8.`,
        );
      }
      ended.encoding = "Latin-1";
      const first = all.findIndex((byte) => byte > 0x7f);
      ended.notUtf8 = { byte: all[first], at: position - held.length + first + 1 };
      decoder = new TextDecoder("windows-1252");
      yield say(decoder.decode(all, { stream: true }));
    }
    position += bytes.length;
    lines += countOf(bytes);
    held = bytes.slice(bytes.findLastIndex((byte) => byte < 0x80) + 1).subarray(-3);
  }
  try {
    yield say(decoder?.decode() ?? "");
  } catch {
    throw new UserError(`${path}: ends inside a letter, expected whole UTF-8 text; the file has been cut.`);
  }
}

/** Whether two bytes together are a letter of UTF-8, as hardly any two letters of Latin-1 are. */
function hasUtf8Letter(bytes: Uint8Array): boolean {
  return bytes.some((byte, at) =>
    byte >= 0xc2 && byte <= 0xdf && bytes[at + 1] >= 0x80 && bytes[at + 1] <= 0xbf
  );
}

/** How many of the bytes come before the first letter that is no UTF-8. */
function validLength(bytes: Uint8Array): number {
  /** The whole letters of a beginning, as bytes; undefined where one is no UTF-8. */
  const letters = (length: number) => {
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      return new TextEncoder().encode(decoder.decode(bytes.subarray(0, length), { stream: true }));
    } catch {
      return undefined;
    }
  };
  let valid = 0, invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (letters(middle)) valid = middle;
    else invalid = middle;
  }
  return letters(valid)!.length;
}

/** How many lines end in some bytes. */
function countOf(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
