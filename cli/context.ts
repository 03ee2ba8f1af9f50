import type { Command } from "commander";

/** What commands are given besides their own arguments. */
export interface CommandContext {
  /** The words after `perturbine`, for reports. */
  readonly args: readonly string[];
  /** The whole command line anew, for a command that runs another one. */
  program(args: readonly string[]): Command;
  /** Runs another command line and returns its exit code, failures told on the error stream. */
  run(args: readonly string[]): Promise<number>;
}
