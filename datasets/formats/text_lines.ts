import { UserError } from "../user_error.ts";

/** Longest line that is taken, in characters: a matrix of 400,000 columns stays below it. */
const longest = 1 << 26;

/**
 * The lines of a text file without their ends, unpacked when the file is a gzip; a byte order mark is left out.
 *
 * @throws {UserError} when the file is missing, no UTF-8 text, a damaged gzip, or has a line of more than 64 Mi characters.
 */
export async function* textLines(path: string): AsyncGenerator<string> {
  let stream = await openBytes(path);
  const [head, rest] = await peek(stream, 2);
  stream = rest;
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  if (packed) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let held = "";
  const split = function* (text: string, last: boolean) {
    held += text;
    if (held.length > longest) {
      throw new UserError(
        `${path}: found a line of more than ${longest} characters, expected lines of a table; the file is no text table.`,
      );
    }
    const lines = held.split("\n");
    held = last ? "" : lines.pop()!;
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  };
  try {
    for await (const bytes of stream) yield* split(decoder.decode(bytes, { stream: true }), false);
    const end = decoder.decode();
    if (held !== "" || end !== "") yield* split(end, true);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = packed ? "a damaged or cut gzip file" : "no UTF-8 text";
    throw new UserError(
      `${path}: found ${reason}, expected a text table, plain or .gz; copy or export it again.`,
    );
  }
}

async function openBytes(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  try {
    return (await Deno.open(path)).readable;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new UserError(`${path}: the file does not exist; check the path.`);
    }
    throw new UserError(
      `${path}: the file cannot be read (${
        error instanceof Error ? error.message : error
      }); check its permissions.`,
    );
  }
}

/** The first bytes of a stream, and the stream with them still in it. */
async function peek(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  count: number,
): Promise<[Uint8Array, ReadableStream<Uint8Array<ArrayBuffer>>]> {
  const reader = stream.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let got = 0;
  while (got < count) {
    const { value, done } = await reader.read();
    if (done) break;
    pieces.push(value);
    got += value.length;
  }
  const head = new Uint8Array(got);
  let at = 0;
  for (const piece of pieces) {
    head.set(piece, at);
    at += piece.length;
  }
  const rest = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      if (got > 0) controller.enqueue(head);
    },
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return [head, rest];
}
