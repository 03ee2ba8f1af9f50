import { proxy, type Remote, wrap } from "comlink";
import type { house, Told } from "./house.ts";

let opened: Remote<typeof house> | undefined;

/**
 * The house, in a worker that is started when something is first asked: until then nothing of it is loaded. What it refuses it throws, in
 * the command line's own words.
 */
export function theHouse(): Remote<typeof house> {
  // Built as a script of its own beside the page's.
  return opened ??= wrap<typeof house>(
    new Worker(new URL("./house_worker.js", import.meta.url), { type: "module" }),
  );
}

/** A listener that the worker can call. */
export function listener(tell: (told: Told) => void): (told: Told) => void {
  return proxy(tell);
}
