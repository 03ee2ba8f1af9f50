/** What a file goes through on its way to the disk. */
export type DiskStep = "create" | "write" | "sync" | "rename" | "sync folder" | "append" | "cut";

let watcher: ((step: DiskStep, path: string) => void) | undefined;

/**
 * Calls `watch` before every step of every file that a run writes, for tests of faults: it may throw, as a full disk does, or end
 * the process, as a kill does. Undefined: no longer.
 */
export function watchDisk(watch: ((step: DiskStep, path: string) => void) | undefined): void {
  watcher = watch;
}

/** Announces a step; called by whatever writes files of a run. */
export function diskStep(step: DiskStep, path: string): void {
  watcher?.(step, path);
}
