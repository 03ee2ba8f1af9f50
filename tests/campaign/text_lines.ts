/** The lines of a stream of bytes, as they come. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let held = "";
  for await (
    const text of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
  ) {
    const lines = (held + text).split("\n");
    held = lines.pop()!;
    yield* lines;
  }
  if (held !== "") yield held;
}
