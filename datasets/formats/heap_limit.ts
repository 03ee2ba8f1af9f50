import { EndlessError } from "../readers/time_limit.ts";
import { UserError } from "../user_error.ts";

/** Bytes by which the heap of a WebAssembly library may grow while it reads so many: what it unpacks and copies, and some room. */
function roomFor(bytes: number): number {
  return 2 ** 27 + 16 * bytes;
}

/**
 * Runs work on a file whose damage can make a WebAssembly library ask for all the memory that there is: beyond a limit its heap does
 * not grow, so that the library fails as it does where there is no more.
 *
 * @param path of the file, for the message
 * @param bytes that are read, by which the growth is limited
 * @throws {UserError} when the limit was met and the work failed
 */
export function heapMayGrow<Result>(path: string, bytes: number, work: () => Result): Result {
  const memory = WebAssembly.Memory.prototype, { grow } = memory;
  const room = roomFor(bytes);
  let left = room, met = false;
  memory.grow = function (pages) {
    if (pages * 2 ** 16 > left) {
      met = true;
      throw new RangeError("the heap may not grow further");
    }
    left -= pages * 2 ** 16;
    return grow.call(this, pages);
  };
  try {
    return work();
  } catch (error) {
    if (!met || error instanceof EndlessError) throw error;
    throw new UserError(
      `${path}: reading it takes more than ${
        Math.ceil(room / 2 ** 20)
      } MiB of memory, far more than a sound file of its size does; the file is damaged, copy or download it again.`,
      { cause: error },
    );
  } finally {
    memory.grow = grow;
  }
}
