import type { Channel, Communicator } from "../../models/distributed/communicator.ts";
import { joined } from "./joined.ts";

interface Meeting {
  readonly parts: Uint8Array[];
  readonly done: PromiseWithResolvers<void>;
}

/** Ranks that are functions of one process: a call ends when all ranks have made it. */
export function inProcess(size: number): Communicator[] {
  const meetings = new Map<string, Meeting>();
  return Array.from({ length: size }, (_, rank) => {
    const calls = { step: 0, gradients: 0 };
    const meet = async (own: Uint8Array, channel: Channel): Promise<Uint8Array[]> => {
      const key = `${channel} ${calls[channel]++}`;
      const meeting = meetings.get(key) ?? { parts: [], done: Promise.withResolvers<void>() };
      meetings.set(key, meeting);
      meeting.parts[rank] = own.slice();
      if (Object.keys(meeting.parts).length === size) {
        meetings.delete(key);
        const lengths = new Set(meeting.parts.map(({ length }) => length));
        if (lengths.size > 1) {
          meeting.done.reject(new Error(`ranks met with ${[...lengths].join(", ")} bytes.`));
        } else meeting.done.resolve();
      }
      await meeting.done.promise;
      return meeting.parts;
    };
    return {
      rank,
      size,
      async gather(own, channel = "step") {
        return joined(...await meet(own, channel));
      },
      async collect(own) {
        const all = await meet(own, "step");
        return rank === 0 ? joined(...all) : new Uint8Array();
      },
      async exchange(parts, channel = "step") {
        const each = parts.length / size;
        return joined(
          ...(await meet(parts, channel)).map((of) => of.subarray(rank * each, (rank + 1) * each)),
        );
      },
    };
  });
}
