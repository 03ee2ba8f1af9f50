/** Where a browser has something else: modules of `host/` that have a namesake here, Node's own, and how RDKit finds its WebAssembly. */
const namesakes = ["system.ts", "gunzip.ts", "swiftshader/provide_adapter.ts"];

/**
 * An import map for a bundle that runs in a browser, to be laid over the project's own.
 *
 * @param rdkit what the project's own map has for RDKit.
 */
export function browserImports(root: URL, rdkit: string): {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
} {
  const here = (path: string) => new URL(`web/host/${path}`, root).href;
  return {
    imports: {
      ...Object.fromEntries(namesakes.map((path) => [new URL(`host/${path}`, root).href, here(path)])),
      "node:path": here("node/path.ts"),
      "node:crypto": here("node/crypto.ts"),
      "@rdkit/rdkit": here("rdkit.ts"),
    },
    // The stand-in itself imports the package.
    scopes: { [here("")]: { "@rdkit/rdkit": rdkit } },
  };
}
