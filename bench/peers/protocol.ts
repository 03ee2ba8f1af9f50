import type { PeerCaseName, PeerForm, PeerPass } from "./peer_case.ts";
import type { Sizes } from "../kernel_case.ts";

/** One piece of work. */
export interface PeerWork {
  readonly case: PeerCaseName;
  readonly form: PeerForm;
  readonly pass: PeerPass;
  readonly sizes: Sizes;
  readonly seed: number;
}

/** What the parent asks of a contender's process, a line of JSON each. */
export type PeerRequest =
  /** Put the inputs on the device, compile, run once and write every output to `folder` as NAME.f32. */
  | { readonly kind: "prepare"; readonly work: PeerWork; readonly folder: string }
  /** Run so often, wait for the last one, and tell the time. */
  | { readonly kind: "time"; readonly iterations: number }
  | { readonly kind: "end" };

/** The answers; lines that do not begin with the mark are a library's own chatter. */
export type PeerAnswer =
  | { readonly kind: "ready"; readonly versions: Readonly<Record<string, string>>; readonly adapter: string }
  | { readonly kind: "prepared"; readonly outputs: readonly string[]; readonly firstMs: number }
  | { readonly kind: "timed"; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly message: string };

/** Begins every line of the protocol. */
export const peerMark = "@peer ";
