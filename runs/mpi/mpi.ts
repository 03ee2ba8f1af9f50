import type { Channel, Communicator } from "../../models/distributed/communicator.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { MpiKind } from "./library.ts";

/** An opened MPI, which is ended by `finish` (all ranks together) or `abort` (this one ends all). */
export interface Mpi extends Communicator {
  /** What the library calls itself. */
  readonly version: string;
  /** Ends MPI; returns when all ranks do. */
  finish(): Promise<void>;
  /** Ends the job on all ranks now. */
  abort(): never;
}

/** A rank that another waits for has shown no life for too long. */
export class SilentRankError extends UserError {
  /** Name of the class. */
  override name = "SilentRankError";
}

/**
 * Opens the MPI library through the foreign function interface and starts it. Messages are bytes: nothing is added up in there.
 *
 * @param limit milliseconds that one call may take before a rank is taken for hung.
 */
export function openMpi(path: string, kind: MpiKind, limit: number): Mpi {
  const handle = kind.pointers ? "usize" : "i32";
  const library = Deno.dlopen(path, {
    MPI_Init_thread: { parameters: ["usize", "usize", "i32", "buffer"], result: "i32" },
    MPI_Comm_rank: { parameters: [handle, "buffer"], result: "i32" },
    MPI_Comm_size: { parameters: [handle, "buffer"], result: "i32" },
    MPI_Comm_dup: { parameters: [handle, "buffer"], result: "i32" },
    MPI_Iallgather: {
      parameters: ["buffer", "i32", handle, "buffer", "i32", handle, handle, "buffer"],
      result: "i32",
    },
    MPI_Ialltoall: {
      parameters: ["buffer", "i32", handle, "buffer", "i32", handle, handle, "buffer"],
      result: "i32",
    },
    MPI_Igather: {
      parameters: ["buffer", "i32", handle, "buffer", "i32", handle, "i32", handle, "buffer"],
      result: "i32",
    },
    MPI_Ibarrier: { parameters: [handle, "buffer"], result: "i32" },
    MPI_Test: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
    MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
    MPI_Finalize: { parameters: [], result: "i32" },
    MPI_Abort: { parameters: [handle, "i32"], result: "i32" },
  });
  const { symbols } = library;
  const check = (call: string, code: number | bigint) => {
    if (Number(code) !== 0) throw new Error(`${call} of ${path} failed with code ${code}.`);
  };
  // Memory of its own: a small typed array may be moved while the library still writes to it.
  const words = (count: number) => new Int32Array(new ArrayBuffer(4 * count));
  const bytes = (count: number) => new Uint8Array(new ArrayBuffer(count));
  const provided = words(1);
  check("MPI_Init_thread", symbols.MPI_Init_thread(0n, 0n, 1, provided));
  const converted = kind.fortran ? fortranHandles(path, kind) : undefined;
  const world = converted?.world ?? (kind.pointers ? BigInt(kind.world) : kind.world);
  const byte = converted?.byte ?? (kind.pointers ? BigInt(kind.byte) : kind.byte);
  const number = (call: typeof symbols.MPI_Comm_rank, name: string) => {
    const into = words(1);
    check(name, call(world as never, into));
    return into[0];
  };
  const rank = number(symbols.MPI_Comm_rank, "MPI_Comm_rank");
  const size = number(symbols.MPI_Comm_size, "MPI_Comm_size");
  const newHandle = () => kind.pointers ? new BigUint64Array(new ArrayBuffer(8)) : words(1);
  const duplicate = () => {
    const into = newHandle();
    check("MPI_Comm_dup", symbols.MPI_Comm_dup(world as never, into));
    return into[0];
  };
  const channels: Record<Channel, number | bigint> = { step: duplicate(), gradients: duplicate() };
  const version = bytes(8192), length = words(1);
  check("MPI_Get_library_version", symbols.MPI_Get_library_version(version, length));

  const inFlight = new Set<unknown>();

  /** Waits for a request. The event loop goes on; the library makes its way while it is asked. */
  const finished = async (
    call: string,
    request: Int32Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>,
    patience = limit,
  ) => {
    const done = words(1);
    const begun = performance.now();
    for (let asked = 0;; asked++) {
      check("MPI_Test", symbols.MPI_Test(request, done, kind.ignored));
      if (done[0] !== 0) return;
      const waited = performance.now() - begun;
      if (waited > patience) {
        throw new SilentRankError(
          `another rank has not answered for ${
            Math.round(waited / 1000)
          } s (${call} on rank ${rank} of ${size}), longer than ` +
            "--silence allows; see the last lines of its rank-N.log.",
        );
      }
      // At first a turn of the event loop, later a millisecond: a busy loop would take a core from the others.
      if (waited > 1) await new Promise((resume) => setTimeout(resume, 1));
      else if (asked > 20) await new Promise((resume) => setTimeout(resume, 0));
    }
  };
  /** Starts a call that reads `own` and fills `filled` bytes, at most 2 GiB a rank, and waits for it. */
  const collective = async (
    name: "MPI_Iallgather" | "MPI_Ialltoall" | "MPI_Igather",
    own: Uint8Array,
    each: number,
    filled: number,
    channel: Channel,
  ): Promise<Uint8Array<ArrayBuffer>> => {
    if (each >= 2 ** 31) {
      throw new Error(`${name}: ${each} bytes a rank; at most ${2 ** 31 - 1} can be sent at once.`);
    }
    const sent = bytes(own.length), received = bytes(filled), request = newHandle();
    sent.set(own);
    const held = [sent, received, request]; // the library reads and writes them until the call is finished
    inFlight.add(held);
    const kind = byte as never, on = channels[channel] as never;
    check(
      name,
      name === "MPI_Igather"
        ? symbols.MPI_Igather(sent, each, kind, received, each, kind, 0, on, request)
        : symbols[name](sent, each, kind, received, each, kind, on, request),
    );
    await finished(name, request);
    inFlight.delete(held);
    return received;
  };
  return {
    rank,
    size,
    version: new TextDecoder().decode(version.subarray(0, Math.max(0, length[0]))).split(/[\n\0]/)[0].trim(),
    gather: (own, channel = "step") =>
      collective("MPI_Iallgather", own, own.length, own.length * size, channel),
    collect: (own) => collective("MPI_Igather", own, own.length, rank === 0 ? own.length * size : 0, "step"),
    exchange: (parts, channel = "step") =>
      collective("MPI_Ialltoall", parts, parts.length / size, parts.length, channel),
    async finish() {
      const request = newHandle();
      check("MPI_Ibarrier", symbols.MPI_Ibarrier(channels.step as never, request));
      // However long: rank 0 judges the model after the last step, while the others have nothing left to do.
      await finished("MPI_Ibarrier", request, Infinity);
      check("MPI_Finalize", symbols.MPI_Finalize());
    },
    abort() {
      symbols.MPI_Abort(world as never, 1);
      Deno.exit(1);
    },
  };
}

/** Open MPI's handles are addresses of objects inside it. */
function fortranHandles(
  path: string,
  { world, byte }: MpiKind,
): { readonly world: bigint; readonly byte: bigint } {
  const { symbols } = Deno.dlopen(path, {
    MPI_Comm_f2c: { parameters: ["i32"], result: "usize" },
    MPI_Type_f2c: { parameters: ["i32"], result: "usize" },
  });
  return { world: symbols.MPI_Comm_f2c(world), byte: symbols.MPI_Type_f2c(byte) };
}
