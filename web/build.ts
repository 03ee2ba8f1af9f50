/**
 * The page: `deno task web` builds it into a folder that is published by copying, `--serve` opens it on this machine.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPage } from "./bundle.ts";
import { servePage } from "./serve.ts";

const help = `Builds the page into a folder that works wherever it is copied.

  deno task web                      into .cache/web
  deno task web --out FOLDER         elsewhere
  deno task web --serve [--port N]   and opens it on http://127.0.0.1:N (default 8321)
`;

/** Reads the flags; what is wrong is said in one sentence. */
function flagsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: "string", default: fileURLToPath(new URL("../.cache/web", import.meta.url)) },
      serve: { type: "boolean", default: false },
      port: { type: "string", default: "8321" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`--port is "${values.port}"; expected a whole number from 0 to 65535.`);
  }
  return { ...values, port };
}

async function main(): Promise<number> {
  let flags;
  try {
    flags = flagsOf(Deno.args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (flags.help) {
    console.log(help);
    return 0;
  }
  try {
    await buildPage(flags.out);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
  let bytes = 0;
  for await (const { name } of Deno.readDir(flags.out)) {
    bytes += (await Deno.stat(`${flags.out}/${name}`)).size;
  }
  console.log(
    `The page: ${flags.out} (${(bytes / 1e6).toFixed(1)} MB in all); copy the folder to publish it.`,
  );
  if (flags.serve) {
    await servePage(flags.out, flags.port, (url) => console.log(`Open ${url} (Ctrl-C ends it).`)).finished;
  }
  return 0;
}

if (import.meta.main) Deno.exitCode = await main();
