import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/**
 * The content of a gzip archive, piece by piece; archives that follow one another are one.
 *
 * @throws {Error} when it is damaged or cut.
 */
export async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(pieces, { objectMode: false }),
    unpacked = createGunzip({ chunkSize: 1 << 20 });
  packed.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const piece of packed.pipe(unpacked)) yield piece as Uint8Array;
  } finally {
    packed.destroy();
  }
}
