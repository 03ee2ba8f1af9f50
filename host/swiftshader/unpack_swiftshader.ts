/**
 * Unpacks SwiftShader's Vulkan driver from the npm package @sparticuz/chromium into the folder given as the only
 * argument. Run with `--config packages.json`: these 70 MB are kept out of the project's own imports, which every
 * start on a fresh machine downloads in full. No browser is unpacked or run.
 *
 * Source: stack.md section 2.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const wanted = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];

const folder = Deno.args[0];
const require = createRequire(import.meta.url);
const { parseTar } = require("nanotar") as {
  parseTar(data: Uint8Array): { name: string; data?: Uint8Array }[];
};
const archive = `${dirname(require.resolve("@sparticuz/chromium"))}/../bin/swiftshader.tar.br`;
const files = parseTar(brotliDecompressSync(readFileSync(archive)));

// Unpacked beside and renamed: an interrupted start leaves no half driver, and two starts at once do no harm.
const beside = `${folder}.${Deno.pid}`;
await Deno.mkdir(beside, { recursive: true });
for (const name of wanted) {
  const data = files.find((file) => file.name.split("/").at(-1) === name)?.data;
  if (!data) throw new Error(`${archive} holds no ${name}`);
  await Deno.writeFile(`${beside}/${name}`, data);
}
try {
  await Deno.rename(beside, folder);
} catch (error) {
  await Deno.remove(beside, { recursive: true });
  if (!await Deno.stat(folder).then((info) => info.isDirectory, () => false)) throw error;
}
