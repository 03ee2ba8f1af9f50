import { Inflate } from "pako";

/** See `host/gunzip.ts`. A browser's own decompressor refuses archives that follow one another, as bgzip writes them. */
export async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  // Its types do not know that it says when the archive is whole.
  const inflate = new Inflate({ chunkSize: 1 << 20 }) as Inflate & { readonly ended: boolean };
  inflate.onData = (piece) => unpacked.push(piece as Uint8Array);
  for await (const piece of pieces) {
    inflate.push(piece);
    if (inflate.err) throw new Error(inflate.msg || `zlib's error ${inflate.err}`);
    yield* unpacked;
    unpacked = [];
  }
  if (!inflate.ended) throw new Error("unexpected end of file");
}
