/** Prints as JSON where the npm package `webgpu` lies and which adapter it finds. Run with `--config packages.json`. */
import { createRequire } from "node:module";
import { dawnVariable } from "./dawn.ts";

const module = createRequire(import.meta.url).resolve("webgpu");
Deno.env.set(dawnVariable, module);
await import("./preload.ts");
const info = (await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }))?.info;
console.log(JSON.stringify({ module, adapter: info && (info.description || info.device || info.vendor) }));
Deno.exit(0);
