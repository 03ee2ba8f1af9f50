import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** Serves a built page on this machine alone; port 0 takes a free one. */
export function servePage(folder: string, port: number, onListen: (url: string) => void): Deno.HttpServer {
  return Deno.serve({
    hostname: "127.0.0.1",
    port,
    onListen: (address) => onListen(`http://127.0.0.1:${address.port}/`),
  }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const file = normalize(join(folder, path.endsWith("/") ? `${path}index.html` : path));
    const body = file.startsWith(normalize(`${folder}/`)) && await Deno.readFile(file).catch(() => undefined);
    if (!body) return new Response(`There is no ${path} here.`, { status: 404 });
    const type = types[extname(file)] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": type, "cache-control": "no-store" } });
  });
}
