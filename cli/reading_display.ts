import { SingleBar } from "cli-progress";
import type { ReadProgress } from "../datasets/knowledge_graph/read_primekg.ts";
import { durationText } from "../report/kit/numbers.ts";
import type { Terminal } from "./terminal.ts";

/** Seconds between two lines where there is no terminal. */
const lineEvery = 10;

/** Shows how far the reading of large files has come: a bar on a terminal, a line now and then elsewhere; with rate and time left. */
export function readingDisplay(terminal: Terminal): { show(progress: ReadProgress): void; stop(): void } {
  let file = "", since = 0, told = 0;
  let bar: SingleBar | undefined;
  return {
    show({ file: own, bytes, of, rows }) {
      const now = performance.now();
      if (own !== file) [file, since, told] = [own, now, now];
      const seconds = Math.max((now - since) / 1000, 1e-3);
      const left = durationText((of - bytes) / (bytes / seconds));
      const rate = `${(bytes / seconds / 1e6).toFixed(1)} MB/s, ${
        Math.round(rows / seconds / 1000)
      } thousand rows/s`;
      if (terminal.interactive) {
        bar ??= new SingleBar({
          format: "{file} |{bar}| {percentage} % · {rate} · {left} left",
          clearOnComplete: true,
          hideCursor: true,
          fps: 4,
        });
        if (!bar.isActive) bar.start(of, bytes, { file, rate, left });
        bar.setTotal(of);
        bar.update(bytes, { file, rate, left });
      } else if (now - told > 1000 * lineEvery) {
        told = now;
        terminal.note(`${file}: ${(100 * bytes / of).toFixed(0)} %, ${rows} rows, ${rate}, ${left} left`);
      }
    },
    stop: () => bar?.stop(),
  };
}
