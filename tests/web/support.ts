import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import { buildPage } from "../../web/bundle.ts";
import { servePage } from "../../web/serve.ts";

/** Where Debian puts it. */
const browserPath = "/usr/bin/chromium";

/** With these it stays off the network, and offers SwiftShader as its WebGPU adapter. */
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const webgpuFlag = "--enable-unsafe-webgpu";

/** How a page is opened. */
export interface VisitOptions {
  /** What stands behind "#". */
  readonly address?: string;
  /** Without WebGPU the page shows what was recorded. */
  readonly webgpu?: boolean;
  readonly width?: number;
  readonly dark?: boolean;
}

/** A page in a browser of its own. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Where the page is served. */
  readonly url: string;
  /** Requests so far, of the page and its workers. */
  readonly requests: readonly string[];
}

let built: Promise<{ folder: string; url: string; server: Deno.HttpServer }> | undefined;

/** The page, built once a process, at a path of some depth as if it had been copied there. */
function builtPage() {
  return built ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "perturbine_web_" });
    await buildPage(`${folder}/some/where`, [new URL("golden_in_page.ts", import.meta.url).href]);
    const { promise, resolve } = Promise.withResolvers<string>();
    const server = servePage(folder, 0, resolve);
    return { folder, url: `${await promise}some/where/`, server };
  })();
}

/** Why no browser test can run here; undefined where they can. */
async function missing(): Promise<string | undefined> {
  if (!await Deno.stat(browserPath).then(({ isFile }) => isFile, () => false)) {
    return `there is no ${browserPath} (Debian: apt-get install chromium)`;
  }
  const found = await import("playwright-core").then(() => true, () => false);
  return found ? undefined : "playwright-core is not installed";
}

/**
 * A test of the page in Debian's Chromium. It fails on any request to another host, and on any error that nobody caught. Where the
 * browser or playwright-core is missing it is skipped, and says so.
 */
export function pageTest(
  name: string,
  run: (visit: Visit) => Promise<void>,
  options: VisitOptions & { readonly ignore?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: options.ignore ?? false,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const reason = await missing();
      if (reason) return console.log(`skipped: ${name}; ${reason}`);
      await visitPage(run, options);
    },
  });
}

async function visitPage(run: (visit: Visit) => Promise<void>, options: VisitOptions): Promise<void> {
  const { address = "", webgpu = true, width = 1300, dark = false } = options;
  const { url } = await builtPage();
  const { chromium } = await import("playwright-core");
  const profile = await Deno.makeTempDir({ prefix: "perturbine_profile_" });
  const context = await chromium.launchPersistentContext(profile, {
    // The driver that the tests were started for is not the browser's, which brings its own.
    env: Object.fromEntries(
      Object.entries(Deno.env.toObject()).filter(([name]) => !/^(VK_|LD_LIBRARY_PATH$)/.test(name)),
    ),
    executablePath: browserPath,
    headless: true,
    args: [...flags, ...(webgpu ? [webgpuFlag] : [])],
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
  });
  const requests: string[] = [], errors: string[] = [];
  try {
    context.on("request", (request) => void requests.push(request.url()));
    context.on("weberror", (error) => void errors.push(error.error().message));
    const page = context.pages()[0] ?? await context.newPage();
    await page.goto(url + address);
    await run({ page, context, url, requests });
    assert.deepEqual(requests.filter((request) => !isOwn(request, url)), [], "requests to another host");
    assert.deepEqual(errors, [], "errors that nobody caught");
  } finally {
    await context.close();
    await Deno.remove(profile, { recursive: true });
  }
}

/** Requests of the page's own folder, and what never leaves the browser. */
function isOwn(request: string, url: string): boolean {
  return request.startsWith(url) || /^(data|blob|about):/.test(request);
}

/** Put last in a file: the page is served no longer. */
export function closePage(): void {
  Deno.test({
    name: "the page is served no longer",
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      if (!built) return;
      const { folder, server } = await built;
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  });
}
