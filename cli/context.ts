import type { OpenBackend } from "./backend.ts";

/** What commands are given besides their own arguments; tests put in their own. */
export interface CommandContext {
  /** The words after `perturbine`, for reports. */
  readonly args: readonly string[];
  readonly openBackend: OpenBackend;
}
