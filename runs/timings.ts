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
  async epoch(epoch: number): Promise<void> {
    const seconds = (performance.now() - this.#epochStart) / 1000;
    await Deno.writeTextFile(this.path, JSON.stringify({ epoch, seconds }) + "\n", { append: true });
    this.begin();
  }

  /** Seconds of all epochs; one that was done again after a resume counts with its last time. */
  async total(): Promise<number> {
    const text = await Deno.readTextFile(this.path).catch(() => "");
    const seconds = new Map<number, number>();
    for (const line of text.split("\n")) {
      const timing = parse(line);
      if (timing) seconds.set(timing.epoch, timing.seconds);
    }
    return seconds.values().reduce((sum, value) => sum + value, 0);
  }
}

/** A line cut by a kill is no reason to fail. */
function parse(line: string): { epoch: number; seconds: number } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
