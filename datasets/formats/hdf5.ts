import h5wasm, { Dataset, type File, Group, ready } from "h5wasm";
import { quoteValue } from "../readers/quote_value.ts";
import { endInTime, EndlessError, secondsFor } from "../readers/time_limit.ts";
import { UserError } from "../user_error.ts";
import { heapMayGrow } from "./heap_limit.ts";

/** An HDF5 file that is read where it lies: only what is asked for comes into memory. */
export interface Hdf5File extends Disposable {
  /** Path as the caller gave it. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** The root group. */
  readonly root: Group;
  /**
   * Runs work of the library on this file with limits of time and memory by the file's size and that of what is asked for.
   *
   * @param asked bytes that the work gives
   * @throws {UserError} when a limit is met: the file is damaged
   */
  limited<Result>(asked: number, work: () => Result): Result;
}

/** The part of Emscripten's file system that is used here. */
interface VirtualFiles {
  writeFile(name: string, bytes: Uint8Array): void;
  readFile(name: string): Uint8Array;
  unlink(name: string): void;
  lookupPath(name: string): { node: VirtualNode };
}

interface VirtualNode {
  usedBytes: number;
  stream_ops: Record<string, unknown>;
}

/** The library's files. Its errors are made to be thrown: by default it prints them and goes on with what it has not read. */
async function virtualFiles(): Promise<VirtualFiles> {
  const library = await ready;
  library.activate_throwing_error_handler();
  return library.FS as unknown as VirtualFiles;
}

/** Distinguishes the files of one process in the library's file system. */
let files = 0;
/** The file on which the library was stopped amid its work: what it holds since then may be wrong. */
let stoppedOn: string | undefined;

/**
 * Opens an HDF5 file (GCTX, h5ad) for reading.
 *
 * The library reads from a file system of its own; the file's node there hands every read on to the real file, so that nothing is
 * copied and no further permission than that of the file is needed.
 *
 * @throws {UserError} when the file is missing or is no HDF5 file, or when a damaged one was met before that the library had to be
 * stopped on.
 */
export async function openHdf5(path: string): Promise<Hdf5File> {
  if (stoppedOn !== undefined) {
    throw new UserError(
      `${path}: HDF5 files cannot be read any more by this process, because the library had to be stopped on ${stoppedOn}, which is ` +
        "damaged; leave that file out and start again.",
    );
  }
  const virtual = await virtualFiles();
  const host = await openHost(path);
  const name = `/read-${files++}.h5`;
  const close = () => {
    virtual.unlink(name);
    host.close();
  };
  virtual.writeFile(name, new Uint8Array(0));
  const { node } = virtual.lookupPath(name);
  const { size } = host.statSync();
  node.usedBytes = size;
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream: unknown, heap: Int8Array, offset: number, length: number, position: number): number {
      const wanted = Math.max(0, Math.min(length, size - position));
      const target = new Uint8Array(heap.buffer as ArrayBuffer, heap.byteOffset + offset, wanted);
      host.seekSync(position, Deno.SeekMode.Start);
      let done = 0;
      while (done < wanted) {
        const got = host.readSync(target.subarray(done));
        if (!got) break;
        done += got;
      }
      return done;
    },
  };
  const limited = <Result>(asked: number, work: () => Result): Result => {
    try {
      return heapMayGrow(path, size + asked, () => endInTime(path, secondsFor(size + asked), work));
    } catch (error) {
      if (error instanceof EndlessError) stoppedOn = path;
      throw error;
    }
  };
  let file: File;
  try {
    file = limited(0, () => new h5wasm.File(name, "r"));
    if (file.file_id < 0n) throw new Error("not opened");
  } catch (error) {
    close();
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${path}: the file is no HDF5 file, or its beginning is damaged; expected a GCTX or h5ad file; copy or download it again.`,
    );
  }
  return {
    path,
    bytes: size,
    root: file,
    limited,
    [Symbol.dispose]() {
      if (stoppedOn === undefined) file.close();
      close();
    },
  };
}

async function openHost(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
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

/** What stands under a name of a group. @throws {UserError} when it is missing, damaged, or of another kind. */
export function childOf(file: Hdf5File, group: Group, name: string, kind: "group"): Group;
export function childOf(file: Hdf5File, group: Group, name: string, kind: "dataset"): Dataset;
export function childOf(
  file: Hdf5File,
  group: Group,
  name: string,
  kind: "group" | "dataset",
): Group | Dataset {
  const place = `${file.path}, ${group.path === "/" ? "" : group.path}/${name}`;
  const found = guarded(file, place, () => group.get(name));
  if (found instanceof (kind === "group" ? Group : Dataset)) return found as Group | Dataset;
  throw new UserError(
    `${place}: found ${found === null ? "nothing" : found instanceof Group ? "a group" : "no " + kind}, ` +
      `expected a ${kind}; the file has another layout than its format prescribes, or was cut.`,
  );
}

/** The names of what a group holds. @throws {UserError} when it is damaged. */
export function namesOf(file: Hdf5File, group: Group): string[] {
  return guarded(file, `${file.path}, ${group.path}`, () => group.keys());
}

/** gzip packs at most about this much; what claims more than that of its whole file is damaged, and would take minutes to find out. */
const mostPacked = 1100;

function requirePlausible(file: Hdf5File, dataset: Dataset, elements: number): void {
  const place = `${file.path}, ${dataset.path}`;
  const size = guarded(file, place, () => dataset.metadata.size);
  if (elements * size <= mostPacked * file.bytes + (1 << 16)) return;
  throw new UserError(
    `${place}: found ${elements} values of ${size} bytes, more than a file of ${file.bytes} bytes can hold; it is damaged, copy it again.`,
  );
}

/** Runs a read of the library; whatever it throws on damaged bytes becomes one sentence with the place. */
export function guarded<Result>({ path }: Hdf5File, place: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UserError(
      `${place === "" ? path : place}: cannot be read, the file is damaged there (${
        quoteValue(reason)
      }); copy or download it again.`,
    );
  }
}

/** The values of a one-dimensional dataset as texts: strings as they are, numbers by their shortest decimal, flags as true or false. */
export function textsOf(file: Hdf5File, dataset: Dataset): string[] {
  const place = `${file.path}, ${dataset.path}`;
  if (dataset.shape === null || dataset.shape.length !== 1) {
    throw new UserError(
      `${place}: found the shape ${
        JSON.stringify(dataset.shape)
      }, expected one value an id (one dimension); export the file again.`,
    );
  }
  requirePlausible(file, dataset, dataset.shape[0]);
  const values = guarded(file, place, () => dataset.value) as ArrayLike<unknown> | null;
  if (values === null || values.length !== dataset.shape[0]) {
    throw new UserError(`${place}: its values cannot be read; the file is damaged or of an unknown type.`);
  }
  const flag = guarded(file, place, () => flagNames(dataset));
  return Array.from(values, (value) => Array.isArray(value) ? value.join(" ") : flag(String(value)));
}

/** Numpy's flags are stored as an enumeration of FALSE and TRUE; other values are themselves. */
function flagNames({ metadata }: Dataset): (value: string) => string {
  const members = metadata.enum_type?.members;
  if (members === undefined) return (value) => value;
  const names = new Map(Object.entries(members).map(([name, code]) => [String(code), name.toLowerCase()]));
  return (value) => names.get(value) ?? value;
}

/** The numbers of a dataset, or of a part of it; 64-bit integers become numbers. @throws {UserError} when it holds none. */
export function numbersOf(
  file: Hdf5File,
  dataset: Dataset,
  ranges?: [number, number][],
): ArrayLike<number> & { length: number } {
  const place = `${file.path}, ${dataset.path}`;
  const extents = ranges?.map(([begin, end]) => end - begin) ?? dataset.shape ?? [];
  requirePlausible(file, dataset, extents.reduce((product, extent) => product * extent, 1));
  const values = guarded(file, place, () => ranges === undefined ? dataset.value : dataset.slice(ranges));
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float64Array.from(values, Number);
  }
  if (ArrayBuffer.isView(values) && !(values instanceof DataView)) {
    return values as unknown as ArrayLike<number>;
  }
  throw new UserError(`${place}: found no numbers, expected a numeric dataset; export the file again.`);
}

/** The bytes of an HDF5 file that `fill` writes. */
export async function hdf5Bytes(fill: (root: File) => void): Promise<Uint8Array<ArrayBuffer>> {
  const virtual = await virtualFiles();
  const name = `/write-${files++}.h5`;
  const file = new h5wasm.File(name, "w");
  try {
    fill(file);
    file.flush();
  } finally {
    file.close();
  }
  try {
    return Uint8Array.from(virtual.readFile(name));
  } finally {
    virtual.unlink(name);
  }
}
