/** Deno with its version, or the browser; with the WebGPU implementation where that is not its own. */
export function runtimeName(): string {
  const runtime = globalThis.Deno ? `Deno ${Deno.version.deno}` : globalThis.navigator?.userAgent ?? "";
  const { implementation } = (globalThis.navigator?.gpu ?? {}) as { implementation?: string };
  return implementation ? `${runtime}, ${implementation}` : runtime;
}
