/** A library on one of its backends, in a process of its own. */
export interface Contender {
  readonly name: string;
  /** Script of this folder, and what it is given. */
  readonly script: string;
  readonly args: readonly string[];
  /** Whether it needs the packages of packages.json. */
  readonly packages: boolean;
}

/** Everybody who takes part; Perturbine is what the others are compared with. */
export const contenders: readonly Contender[] = [
  { name: "perturbine", script: "perturbine_peer.ts", args: [], packages: false },
  { name: "jax-js-webgpu", script: "jax_peer.ts", args: ["webgpu"], packages: true },
  { name: "tfjs-webgpu", script: "tfjs_peer.ts", args: ["webgpu"], packages: true },
  { name: "jax-js-wasm", script: "jax_peer.ts", args: ["wasm"], packages: true },
  { name: "tfjs-wasm", script: "tfjs_peer.ts", args: ["wasm"], packages: true },
];
