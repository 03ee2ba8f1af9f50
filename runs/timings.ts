import { z } from "zod";
import { jsonOfText } from "../host/json_text.ts";
import { refuseLink } from "../host/refuse_link.ts";
import { system } from "../host/system.ts";

/**
 * `timings.jsonl`: how long epochs took. Clock times live here and nowhere else in a run folder's data files, so that
 * those are the same after a stop and a resume.
 */
export class Timings {
  #epochStart = performance.now();

  constructor(readonly path: string) {}

  /** Starts the clock of an epoch. */
  begin(): void {
    this.#epochStart = performance.now();
  }

  /** Writes down an epoch and starts the next one's clock. */
  async epoch(epoch: number, memory?: DeviceMemory): Promise<void> {
    const seconds = (performance.now() - this.#epochStart) / 1000;
    await refuseLink(this.path);
    await system.writeTextFile(this.path, JSON.stringify({ epoch, seconds, memory }) + "\n", {
      append: true,
    });
    this.begin();
  }

  /** Seconds of all epochs; one that was done again after a resume counts with its last time. */
  async total(): Promise<number> {
    const seconds = new Map((await this.#lines()).map((line) => [line.epoch, line.seconds]));
    return seconds.values().reduce((sum, value) => sum + value, 0);
  }

  /** The most device memory of any process that trained the run, this one's included: a resume may have little left to do. */
  async most(now: DeviceMemory | undefined): Promise<DeviceMemory | null> {
    const all = [...(await this.#lines()).map(({ memory }) => memory), now].filter((memory) =>
      memory !== undefined
    );
    if (all.length === 0) return null;
    return {
      resident: Math.max(...all.map(({ resident }) => resident)),
      peak: Math.max(...all.map(({ peak }) => peak)),
    };
  }

  async #lines(): Promise<TimingLine[]> {
    const text = await system.readTextFile(this.path).catch(() => "");
    return text.split("\n").map(parse).filter((line) => line !== undefined);
  }
}

/** In bytes. */
interface DeviceMemory {
  readonly resident: number;
  readonly peak: number;
}

interface TimingLine {
  readonly epoch: number;
  readonly seconds: number;
  /** Absent in a line of an older version, and without a device. */
  readonly memory?: DeviceMemory;
}

const memorySchema = z.object({ resident: z.number(), peak: z.number() });
const lineSchema = z.object({ epoch: z.int(), seconds: z.number(), memory: memorySchema.optional() });

/** A line cut by a kill is no reason to fail. */
function parse(line: string): TimingLine | undefined {
  try {
    return lineSchema.parse(jsonOfText(line));
  } catch {
    return undefined;
  }
}
