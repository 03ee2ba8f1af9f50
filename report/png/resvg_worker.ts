/**
 * Renders SVG as PNG: a JSON list of SVG texts on standard input, one of base64 texts on standard output. Run with
 * `--config packages.json`, which pins the renderer (resvg as WebAssembly) and the font (Arimo).
 */
import { createRequire } from "node:module";

/** The part of resvg-wasm that is used. */
interface ResvgModule {
  initWasm(module: Uint8Array): Promise<void>;
  Resvg: new (svg: string, options: unknown) => { render(): { asPng(): Uint8Array } };
}

// Not a literal: the package is known to this folder's packages.json only, not to the project's type check.
const packageName: string = "@resvg/resvg-wasm";
const { initWasm, Resvg } = await import(packageName) as ResvgModule;
const { resolve } = createRequire(import.meta.url);
await initWasm(await Deno.readFile(resolve(`${packageName}/index_bg.wasm`)));

// WebAssembly sees no fonts of the system, and with one of our own a chart is the same picture on every machine.
const arimo = await Deno.readFile(resolve("@fontsource/arimo/files/arimo-latin-400-normal.woff2"));
const options = {
  font: { fontBuffers: [arimo], sansSerifFamily: "Arimo" },
  fitTo: { mode: "zoom", value: 2 },
};

const svgs: string[] = await new Response(Deno.stdin.readable).json();
const pngs = svgs.map((svg) => new Resvg(svg, options).render().asPng().toBase64());
await new Response(JSON.stringify(pngs)).body!.pipeTo(Deno.stdout.writable);
