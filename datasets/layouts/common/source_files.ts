import { createHash } from "node:crypto";
import { isAbsolute, relative, resolve } from "node:path";
import type { SourceFile } from "../../dataset.ts";
import { system } from "../../../host/system.ts";

/** What a table was read from, with the SHA-256 of each file; those that are not there are left out. */
export async function sourceFiles(folder: string, paths: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const path of new Set(paths)) {
    const stat = await system.stat(path).catch(() => undefined);
    if (!stat?.isFile) continue;
    const inside = relative(resolve(folder), resolve(path));
    const outside = inside.startsWith("..") || isAbsolute(inside);
    files.push({
      name: outside ? resolve(path) : inside.replaceAll("\\", "/"),
      bytes: stat.size,
      sha256: await fileHash(path),
    });
  }
  return files;
}

/** SHA-256 of a file, in flat memory. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await system.open(path);
  const block = new Uint8Array(1 << 20);
  for (let read = await file.read(block); read !== null; read = await file.read(block)) {
    hash.update(block.subarray(0, read));
  }
  return hash.digest("hex");
}
