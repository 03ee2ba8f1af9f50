/**
 * Serves a trace with its viewer on 127.0.0.1: `serve_viewer.ts TRACE`. Run with `--config packages.json`, which pins the
 * viewer (speedscope, MIT): static files, nothing leaves the machine. Prints the address on the first line.
 */
import { createRequire } from "node:module";
import { dirname, extname, normalize } from "node:path";

const trace = Deno.args[0];
const site = `${dirname(createRequire(import.meta.url).resolve("speedscope/package.json"))}/dist/release`;
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".ico": "image/x-icon",
  ".png": "image/png",
};

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}/#profileURL=/trace.json`),
}, async (request) => {
  const path = normalize(decodeURIComponent(new URL(request.url).pathname));
  if (path.includes("..")) return new Response("", { status: 400 });
  const file = path === "/trace.json" ? trace : `${site}${path === "/" ? "/index.html" : path}`;
  const body = await Deno.readFile(file).catch(() => undefined);
  if (!body) return new Response("not found", { status: 404 });
  return new Response(body, {
    headers: { "content-type": types[extname(file)] ?? "application/octet-stream" },
  });
});
