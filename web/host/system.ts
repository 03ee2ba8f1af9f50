import { dirname, resolve } from "./node/path.ts";
import type { FileInfo, FolderEntry, OpenFile, System } from "../../host/system.ts";

/*
 * The files of a page: a tree in memory. What a visitor dropped stays where it lies and is read piece by piece when it is asked for;
 * what a run writes is kept until the page is closed.
 */

class NotFound extends Error {
  override name = "NotFound";
}
class NotADirectory extends Error {
  override name = "NotADirectory";
}
class PermissionDenied extends Error {
  override name = "PermissionDenied";
}
class NotCapable extends Error {
  override name = "NotCapable";
}

/** A file that was dropped, or one that was written: its bytes, with room to grow. */
type Content = { readonly blob: Blob } | { bytes: Uint8Array<ArrayBuffer>; size: number };

const contents = new Map<string, Content>();
const folders = new Set<string>(["/"]);
const locked = new Set<string>();
let temporary = 0;

const none = (path: string) => new NotFound(`there is no ${path}`);

function contentAt(path: string): Content {
  const found = contents.get(resolve(path));
  if (found) return found;
  if (folders.has(resolve(path))) throw new Error(`${path} is a folder`);
  throw none(path);
}

function requireFolder(path: string): void {
  if (!folders.has(path)) throw contents.has(path) ? new NotADirectory(`${path} is a file`) : none(path);
}

const sizeOf = (content: Content) => "blob" in content ? content.blob.size : content.size;

function infoOf(path: string): FileInfo {
  const at = resolve(path), content = contents.get(at);
  if (!content && !folders.has(at)) throw none(path);
  return {
    isFile: content !== undefined,
    isDirectory: content === undefined,
    isSymlink: false,
    size: content ? sizeOf(content) : 0,
  };
}

/** Whether a path lies in a folder, however deep. */
const inside = (path: string, folder: string) => path.startsWith(folder === "/" ? "/" : `${folder}/`);

/** Changes what a file holds from `at` on. */
function writeAt(content: Content, at: number, bytes: Uint8Array): void {
  if ("blob" in content) throw new PermissionDenied("what was dropped on the page is not written to");
  const end = at + bytes.length;
  if (end > content.bytes.length) {
    const grown = new Uint8Array(Math.max(end, 2 * content.bytes.length));
    grown.set(content.bytes.subarray(0, content.size));
    content.bytes = grown;
  }
  content.bytes.set(bytes, at);
  content.size = Math.max(content.size, end);
}

class MemoryFile implements OpenFile {
  #position = 0;

  /** @param content absent: a folder, opened to be put beyond a loss of power */
  constructor(readonly path: string, readonly content: Content | undefined, readonly append: boolean) {}

  #file(): Content {
    if (this.content) return this.content;
    throw new Error(`${this.path} is a folder`);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const content = this.#file(), end = Math.min(this.#position + into.length, sizeOf(content));
    if (end <= this.#position) return into.length === 0 ? 0 : null;
    const piece = "blob" in content
      ? new Uint8Array(await content.blob.slice(this.#position, end).arrayBuffer())
      : content.bytes.subarray(this.#position, end);
    into.set(piece);
    this.#position = end;
    return piece.length;
  }

  seek(position: number): Promise<number> {
    return Promise.resolve(this.#position = position);
  }

  // deno-lint-ignore require-await
  async write(bytes: Uint8Array): Promise<number> {
    const content = this.#file();
    if (this.append) this.#position = sizeOf(content);
    writeAt(content, this.#position, bytes);
    this.#position += bytes.length;
    return bytes.length;
  }

  // deno-lint-ignore require-await
  async truncate(bytes: number): Promise<void> {
    const content = this.#file();
    if ("blob" in content) throw new PermissionDenied(`${this.path} was dropped on the page`);
    content.size = Math.min(content.size, bytes);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  tryLock(): Promise<boolean> {
    if (locked.has(this.path)) return Promise.resolve(false);
    locked.add(this.path);
    this.#locks = true;
    return Promise.resolve(true);
  }
  #locks = false;

  stat(): Promise<FileInfo> {
    return Promise.resolve(infoOf(this.path));
  }

  close(): void {
    if (this.#locks) locked.delete(this.path);
    this.#locks = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const content = contentAt(path);
  return "blob" in content
    ? new Uint8Array(await content.blob.arrayBuffer())
    : content.bytes.slice(0, content.size);
}

function write(path: string, bytes: Uint8Array, append = false): void {
  const at = resolve(path);
  requireFolder(dirname(at));
  if (folders.has(at)) throw new Error(`${path} is a folder`);
  const content = append && contents.get(at) || { bytes: new Uint8Array(bytes.length), size: 0 };
  writeAt(content, sizeOf(content), bytes);
  contents.set(at, content);
}

async function* entries(path: string): AsyncGenerator<FolderEntry> {
  const folder = resolve(path);
  requireFolder(folder);
  const names = new Set<string>();
  for (const at of [...folders, ...contents.keys()]) {
    if (at !== "/" && dirname(at) === folder) names.add(at);
  }
  for (const at of names) {
    const { isFile, isDirectory } = await Promise.resolve(infoOf(at));
    yield { name: at.slice(at.lastIndexOf("/") + 1), isFile, isDirectory };
  }
}

function makeFolder(path: string): void {
  for (let at = resolve(path); !folders.has(at); at = dirname(at)) {
    if (contents.has(at)) throw new NotADirectory(`${at} is a file`);
    folders.add(at);
  }
}

/** The page's. */
export const system: System = {
  pid: 1,
  build: { os: "browser", arch: "WebAssembly" },
  env: { get: () => undefined },
  errors: { NotFound, NotADirectory, PermissionDenied, NotCapable },
  // deno-lint-ignore require-await
  async open(path, { write: writes, append = false, create, createNew } = {}) {
    const at = resolve(path);
    if (createNew && contents.has(at)) throw new Error(`${path} is there already`);
    if ((create || createNew) && (writes || append) && !contents.has(at)) write(at, new Uint8Array());
    if (folders.has(at) && !writes && !append) return new MemoryFile(at, undefined, false);
    return new MemoryFile(at, contentAt(path), append);
  },
  readFile: read,
  readTextFile: async (path) => new TextDecoder().decode(await read(path)),
  // deno-lint-ignore require-await
  writeFile: async (path, bytes) => write(path, bytes),
  // deno-lint-ignore require-await
  writeTextFile: async (path, text, options) => write(path, new TextEncoder().encode(text), options?.append),
  copyFile: async (from, to) => write(to, await read(from)),
  // deno-lint-ignore require-await
  stat: async (path) => infoOf(path),
  // deno-lint-ignore require-await
  lstat: async (path) => infoOf(path),
  // deno-lint-ignore require-await
  async realPath(path) {
    infoOf(path);
    return resolve(path);
  },
  readDir: entries,
  // deno-lint-ignore require-await
  async mkdir(path, { recursive = false } = {}) {
    if (!recursive) requireFolder(dirname(resolve(path)));
    makeFolder(path);
  },
  // deno-lint-ignore require-await
  async makeTempDir() {
    const path = `/tmp/${temporary++}`;
    makeFolder(path);
    return path;
  },
  // deno-lint-ignore require-await
  async remove(path, { recursive = false } = {}) {
    const at = resolve(path);
    infoOf(path);
    const within = [...folders, ...contents.keys()].filter((other) => inside(other, at));
    if (within.length > 0 && !recursive) throw new Error(`${path} is not empty`);
    for (const other of [at, ...within]) {
      folders.delete(other);
      contents.delete(other);
    }
  },
  // deno-lint-ignore require-await
  async rename(from, to) {
    const [old, next] = [resolve(from), resolve(to)];
    infoOf(from);
    requireFolder(dirname(next));
    for (const at of [...folders]) {
      if (at !== old && !inside(at, old)) continue;
      folders.delete(at);
      folders.add(next + at.slice(old.length));
    }
    for (const [at, content] of [...contents]) {
      if (at !== old && !inside(at, old)) continue;
      contents.delete(at);
      contents.set(next + at.slice(old.length), content);
    }
  },
};

/** Lays what a visitor dropped into the tree; a file that lay there is replaced. */
export function place(path: string, blob: Blob): void {
  const at = resolve(path);
  makeFolder(dirname(at));
  contents.set(at, { blob });
}
