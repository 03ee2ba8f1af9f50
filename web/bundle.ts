import { createRequire } from "node:module";
import { browserImports } from "./host/replacements.ts";
import { minifyWgsl } from "./wgsl.ts";

const root = new URL("../", import.meta.url);

/** What a build writes first, by which its folder is known. */
const shadersFile = "shaders.json";

/** Folders whose shaders the page may import. */
const shaderFolders = ["kernels", "engine", "bench"];

/**
 * Builds the page into a folder that can be copied anywhere: everything is named relative to it.
 *
 * Deno's own bundler follows the imports from where the sources stand; an import map puts shaders without comments in
 * the place of those with them, and what a browser has in the place of what the house asks of an operating system. Files called
 * `*_worker.ts` become scripts of their own beside the page's.
 *
 * @throws {TypeError} when the folder holds what no build of the page has left there.
 *
 * @param more further sources, as URLs, that become scripts of their own: tests have some.
 */
export async function buildPage(out: string, more: readonly string[] = []): Promise<void> {
  await requireOwn(out);
  const stage = await Deno.makeTempDir({ prefix: "perturbine_page_" });
  try {
    const entries = await writeEntries(stage, more);
    const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
    const shaders = await readShaders();
    const browser = browserImports(root, config.imports["@rdkit/rdkit"]);
    const imports = { ...config.imports, ...await writeMinified(shaders, stage), ...browser.imports };
    // A copy: the bundler adds to it what only the staged project has.
    await Deno.copyFile(new URL("deno.lock", root), `${stage}/deno.lock`);
    await Deno.writeTextFile(
      `${stage}/deno.json`,
      JSON.stringify({
        compilerOptions: config.compilerOptions,
        nodeModulesDir: "none",
        lock: { path: `${stage}/deno.lock` },
        imports,
        scopes: browser.scopes,
      }),
    );
    await clear(out);
    // As they were written, for who opens one in the page.
    await Deno.writeTextFile(`${out}/${shadersFile}`, JSON.stringify([...new Set(shaders.values())]));
    await bundle(stage, entries, out);
    await Deno.writeTextFile(`${out}/style.css`, await style());
    await Deno.copyFile(new URL("web/index.html", root), `${out}/index.html`);
    await Deno.copyFile(
      createRequire(import.meta.url).resolve("@rdkit/rdkit/RDKit_minimal.wasm"),
      `${out}/RDKit_minimal.wasm`,
    );
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

/** The last build's files are replaced, nobody else's. */
async function requireOwn(out: string): Promise<void> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(out)) names.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (names.length === 0 || names.includes(shadersFile)) return;
  throw new TypeError(
    `${out} holds "${
      names[0]
    }" and no page, expected an empty or new folder, or one with an earlier page; name another.`,
  );
}

/** One file an entry, all in one folder, so that what is built of them lies side by side. */
async function writeEntries(stage: string, more: readonly string[]): Promise<string[]> {
  const sources = [new URL("web/main.tsx", root).href, ...more];
  for await (const path of filesBelow(new URL("web/", root))) {
    if (path.endsWith("_worker.ts")) sources.push(path);
  }
  return await Promise.all(sources.map(async (source) => {
    const entry = `${stage}/${source.split("/").at(-1)!.replace(/\.tsx?$/, "")}.ts`;
    await Deno.writeTextFile(entry, `import ${JSON.stringify(source)};\n`);
    return entry;
  }));
}

/** Every shader by its address. */
async function readShaders(): Promise<Map<string, string>> {
  const shaders = new Map<string, string>();
  for (const folder of shaderFolders) {
    for await (const path of filesBelow(new URL(`${folder}/`, root))) {
      if (path.endsWith(".wgsl")) shaders.set(path, await Deno.readTextFile(new URL(path)));
    }
  }
  return shaders;
}

/** Shaders without comments in files of their own; gives what puts these in the place of those. */
async function writeMinified(shaders: ReadonlyMap<string, string>, stage: string) {
  const imports: Record<string, string> = {};
  for (const [path, text] of shaders) {
    const name = `${Object.keys(imports).length}.wgsl`;
    await Deno.writeTextFile(`${stage}/${name}`, minifyWgsl(text));
    imports[path] = `./${name}`;
  }
  return imports;
}

/** Takes away what an earlier build left, under names too that this one does not write. */
async function clear(out: string): Promise<void> {
  await Deno.mkdir(out, { recursive: true });
  for await (const { name } of Deno.readDir(out)) {
    if (/^[\w.-]+\.(js|css|html|json|wasm|map)$/.test(name)) await Deno.remove(`${out}/${name}`);
  }
}

async function bundle(stage: string, entries: readonly string[], out: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "-q",
      "--config",
      `${stage}/deno.json`,
      "--platform",
      "browser",
      "--minify",
      "--code-splitting",
      "--outdir",
      out,
      ...entries,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return;
  const text = new TextDecoder();
  throw new Error(`the page could not be bundled:\n${text.decode(stdout)}${text.decode(stderr)}`);
}

/** The page kit's style, then the page's, then each panel's. */
async function style(): Promise<string> {
  const sheets = ["report/kit/page.css", "report/report.css", "report/explain/explain.css", "web/page.css"]
    .map((path) => new URL(path, root));
  for await (const path of filesBelow(new URL("web/panels/", root))) {
    if (path.endsWith(".css")) sheets.push(new URL(path));
  }
  return (await Promise.all(sheets.map((sheet) => Deno.readTextFile(sheet)))).join("\n");
}

/** URLs of all files below a folder, sorted within each. */
async function* filesBelow(folder: URL): AsyncGenerator<string> {
  const entries = (await Array.fromAsync(Deno.readDir(folder))).sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* filesBelow(new URL(`${name}/`, folder));
    else yield new URL(name, folder).href;
  }
}
