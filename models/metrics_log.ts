import { CheckpointError } from "../host/checkpoint/checkpoint_error.ts";
import { diskStep } from "../host/disk_step.ts";
import { refuseLink } from "../host/refuse_link.ts";
import type { MetricsLine } from "./train_record.ts";
import { system } from "../host/system.ts";

/** `metrics.jsonl`: lines are gathered in memory and put on disk at the moments when a state is saved. */
export class MetricsLog {
  #pending: string[] = [];

  constructor(readonly path: string) {}

  /** Adds a line; not yet on disk. */
  add(line: MetricsLine): void {
    this.#pending.push(JSON.stringify(line) + "\n");
  }

  /** Appends the gathered lines and fsyncs. @returns the file's length in bytes */
  async flush(): Promise<number> {
    await refuseLink(this.path);
    diskStep("append", this.path);
    using file = await system.open(this.path, { append: true, create: true });
    const bytes = new TextEncoder().encode(this.#pending.join(""));
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    this.#pending = [];
    diskStep("sync", this.path);
    if (bytes.length > 0) await file.sync();
    return (await file.stat()).size;
  }

  /** Drops everything after `bytes`. @throws {CheckpointError} when the file is shorter than that. */
  async cut(bytes: number): Promise<void> {
    this.#pending = [];
    await refuseLink(this.path);
    diskStep("cut", this.path);
    using file = await system.open(this.path, { write: true, create: true });
    const { size } = await file.stat();
    if (size < bytes) {
      throw new CheckpointError(
        `${this.path}: ${size} bytes, but the saved state was written when it had ${bytes}; ` +
          `lines have been removed, so start the run anew with --force.`,
      );
    }
    await file.truncate(bytes);
    await file.sync();
  }
}
