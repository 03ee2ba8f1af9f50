import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { gunzip as disksGunzip } from "../../host/gunzip.ts";
import { type System, system as disk } from "../../host/system.ts";
import { buildPage } from "../../web/bundle.ts";
import { gunzip as pagesGunzip } from "../../web/host/gunzip.ts";
import { createHash as pagesHash } from "../../web/host/node/crypto.ts";
import * as pagesPath from "../../web/host/node/path.ts";
import { place, system as page } from "../../web/host/system.ts";
import { createHash } from "node:crypto";
import * as path from "node:path";

/** What a step came to: its value, or the kind of its failure. */
async function outcome(step: () => Promise<unknown>): Promise<unknown> {
  try {
    return await step() ?? null;
  } catch (error) {
    return error instanceof disk.errors.NotFound || error instanceof page.errors.NotFound
      ? "NotFound"
      : "fails";
  }
}

/** Everything that the house does to files, at one place of one system. */
async function everyStep(files: System, root: string): Promise<unknown[]> {
  const at = (name: string) => `${root}/${name}`;
  const names = async (name: string) =>
    (await Array.fromAsync(files.readDir(at(name)), (entry) => `${entry.name} ${entry.isDirectory}`)).sort();
  const info = async (name: string) => {
    const { isFile, isDirectory, size } = await files.stat(at(name));
    return isFile ? ["file", size] : ["folder", isDirectory];
  };
  const steps: (() => Promise<unknown>)[] = [
    () => files.mkdir(at("run/deep"), { recursive: true }),
    () => files.mkdir(at("none/deep")),
    () => files.readTextFile(at("run/missing.csv")),
    () => files.writeTextFile(at("run/ü.txt"), "grün\n"),
    () => files.writeTextFile(at("run/ü.txt"), "more", { append: true }),
    () => files.readTextFile(at("run/ü.txt")),
    () => files.writeFile(at("nowhere/a"), new Uint8Array(3)),
    () => files.writeFile(at("run/a"), Uint8Array.of(7, 8, 9)),
    () => files.copyFile(at("run/a"), at("run/b")),
    () => files.rename(at("run/b"), at("run/deep/c")),
    () => info("run/deep/c"),
    () => info("run/b"),
    () => info("run"),
    () => names("run"),
    () => names("run/a"),
    () => names("none"),
    async () => {
      using file = await files.open(at("run/log"), { append: true, create: true });
      await file.write(new TextEncoder().encode("first\n"));
      await file.write(new TextEncoder().encode("second\n"));
      await file.sync();
      return (await file.stat()).size;
    },
    async () => {
      using file = await files.open(at("run/log"), { write: true, create: true });
      await file.truncate(6);
    },
    () => files.readTextFile(at("run/log")),
    async () => {
      using _ = await files.open(at("run/log"), { write: true, createNew: true });
    },
    async () => {
      using file = await files.open(at("run/log"), { read: true });
      const some = new Uint8Array(4), rest = new Uint8Array(9);
      await file.seek(1, 0);
      const read = [await file.read(some), await file.read(rest), await file.read(rest)];
      return [read, [...some], [...rest]];
    },
    async () => {
      using first = await files.open(at("run/.lock"), { write: true, create: true });
      using second = await files.open(at("run/.lock"), { write: true, create: true });
      return [await first.tryLock(true), await second.tryLock(true)];
    },
    async () => {
      using again = await files.open(at("run/.lock"), { write: true, create: true });
      return await again.tryLock(true);
    },
    () => files.remove(at("run")),
    () => files.rename(at("run"), at("moved")),
    () => names("moved"),
    () => files.readTextFile(at("moved/log")),
    () => files.remove(at("moved"), { recursive: true }),
    () => info("moved"),
  ];
  const outcomes: unknown[] = [];
  for (const step of steps) outcomes.push(await outcome(step));
  return outcomes;
}

Deno.test("what the house does to files comes to the same on a disk and in a page", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const onDisk = await everyStep(disk, folder);
    await page.mkdir("/test", { recursive: true });
    assert.deepEqual(await everyStep(page, "/test"), onDisk);
    assert.equal(
      onDisk.filter((value) => value === "NotFound").length,
      6,
      "the steps must meet missing files",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a dropped file is read from where it lies, in pieces, and cannot be written to", async () => {
  place("/mine/gex.csv", new File([Uint8Array.of(1, 2, 3, 4, 5)], "gex.csv"));
  using file = await page.open("/mine/gex.csv");
  const piece = new Uint8Array(2);
  await file.seek(3, 0);
  assert.deepEqual([await file.read(piece), [...piece], await file.read(piece)], [2, [4, 5], null]);
  await assert.rejects(() => file.write(piece), page.errors.PermissionDenied);
  assert.deepEqual(await Array.fromAsync(page.readDir("/mine"), ({ name }) => name), ["gex.csv"]);
});

Deno.test("archives are unpacked to the same text in a page as on a disk, or refused by both", async () => {
  const [first, second] = [gzipSync("a,b\n".repeat(40_000)), gzipSync("3,4\n")];
  const flipped = Uint8Array.from(first, (byte, at) => at === first.length - 6 ? byte ^ 1 : byte);
  const archives = {
    whole: first,
    joined: Uint8Array.of(...first, ...second),
    cut: first.subarray(0, -6),
    flipped,
  };
  for (const [name, bytes] of Object.entries(archives)) {
    const [onDisk, onPage] = await Promise.all(
      [disksGunzip, pagesGunzip].map((gunzip) =>
        outcome(async () => {
          async function* pieces() {
            for (let at = 0; at < bytes.length; at += 777) yield bytes.slice(at, at + 777);
          }
          return new TextDecoder().decode(await new Response(ReadableStream.from(gunzip(pieces()))).bytes());
        })
      ),
    );
    assert.equal(onPage, onDisk, name);
    assert.equal(onDisk === "fails", name === "cut" || name === "flipped", name);
  }
});

Deno.test("a page hashes as Node does and takes paths apart as Node does", () => {
  const bytes = Uint8Array.from({ length: 100_003 }, (_, at) => at * 31);
  const hash = (make: typeof pagesHash | typeof createHash) =>
    make("sha256").update("ü:").update(bytes).update(bytes.subarray(7)).digest("hex");
  assert.equal(hash(pagesHash), hash(createHash));
  for (const [from, to] of [["/mine", "/mine/a/b.csv"], ["/mine", "/other/b.csv"], ["/", "/x"]]) {
    assert.equal(pagesPath.relative(from, to), path.posix.relative(from, to));
    assert.equal(pagesPath.resolve(from, "..", "x/./y"), path.posix.resolve(from, "..", "x/./y"));
    assert.equal(pagesPath.join(from, "../q", "r"), path.posix.join(from, "../q", "r"));
    assert.deepEqual([pagesPath.basename(to), pagesPath.dirname(to)], [
      path.posix.basename(to),
      path.posix.dirname(to),
    ]);
  }
});

Deno.test("the page is built into no folder that holds something else, and takes nothing out of one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, "{}");
    await assert.rejects(
      buildPage(folder),
      /holds "deno\.json" and no page, expected an empty or new folder/,
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), ["deno.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
