import type { Kernel } from "../../kernels/descriptor.ts";

/** All kernels of a folder of descriptors, each specialisation once. */
export interface DiscoveredKernels {
  readonly kernels: readonly Kernel[];
  /** Functions declared to return a kernel for which no arguments were found. */
  readonly unreached: readonly string[];
}

/** Lists of arguments by the name of the function. */
export type ToldArguments = Readonly<Record<string, readonly (readonly unknown[])[]>>;

function isKernel(value: unknown): value is Kernel {
  const kernel = value as Kernel | undefined;
  return typeof kernel?.code === "string" && typeof kernel.name === "string" &&
    /@compute/.test(kernel.code) && !/undefined/.test(kernel.code + kernel.name) &&
    Object.values(kernel.constants ?? {}).every((constant) => Number.isFinite(constant));
}

async function* modules(folder: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) yield* modules(url);
    else if (entry.name.endsWith(".ts")) yield url;
  }
}

/** All lists of `count` members of a pool. */
function* lists(pool: readonly unknown[], count: number): Generator<unknown[]> {
  if (count === 0) return yield [];
  for (const rest of lists(pool, count - 1)) for (const value of pool) yield [...rest, value];
}

/**
 * Imports every module below a folder and collects exported kernels, and what exported functions make of their
 * arguments: booleans and the words that stand in quotes in the module, which is how descriptors are specialised. A
 * list of arguments that a function cannot take gives constants that are no numbers, and is passed over. Functions that
 * take anything else are told their arguments.
 */
export async function discoverKernels(folder: URL, told: ToldArguments = {}): Promise<DiscoveredKernels> {
  const found = new Map<string, Kernel>();
  const unreached: string[] = [];
  const add = (kernel: Kernel) =>
    found.set(JSON.stringify([kernel.name, kernel.constants ?? {}, kernel.code]), kernel);
  for await (const url of modules(folder)) {
    const source = await Deno.readTextFile(url);
    const words = [...source.replace(/^import .*$/gm, "").matchAll(/"([a-zA-Z]+)"/g)].map(([, word]) => word)
      .filter((word) => word !== "text");
    const keys = [...source.matchAll(/\b(\w+): \d/g)].map(([, key]) => key); // { torch: 0, mat: 1 }
    const pool = [...new Set([...words, ...keys, "gpu", "software"]), true, false];
    for (const [name, value] of Object.entries(await import(url.href))) {
      if (isKernel(value)) add(value);
      const signature = source.split(`export function ${name}(`)[1]?.split("\n}")[0] ?? "";
      if (typeof value !== "function" || !/\): Kernel\b/.test(signature)) continue;
      if (/code: string|kernel: Kernel|codes: readonly/.test(signature)) continue; // makes kernels of any text or chain
      let reached = false;
      const fields = /^\{([^}]*)\}/.exec(signature)?.[1].split(",").map((field) => field.trim());
      for (const given of told[name] ?? lists(pool, fields?.length ?? Math.min(value.length, 4))) {
        try {
          const made = fields && !told[name]
            ? value(Object.fromEntries(fields.map((field, k) => [field, given[k]])))
            : value(...given);
          if (!isKernel(made)) continue; // not its arguments
          add(made);
          reached = true;
        } catch {
          // not its arguments either
        }
      }
      if (!reached) unreached.push(`${url.pathname.split("/kernels/")[1]}: ${name}`);
    }
  }
  return { kernels: [...found.values()], unreached };
}
