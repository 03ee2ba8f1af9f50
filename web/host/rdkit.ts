import type { MainModule } from "@rdkit/rdkit";

type Factory = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<MainModule>;

let loading: Promise<{ factory: Factory; module: WebAssembly.Module }> | undefined;

async function load() {
  // The build lays the 7 MB of WebAssembly beside the scripts.
  const [script, module] = await Promise.all([
    import("@rdkit/rdkit"),
    WebAssembly.compileStreaming(fetch(new URL("./RDKit_minimal.wasm", import.meta.url))),
  ]);
  return { factory: script.default as unknown as Factory, module };
}

/** RDKit's factory, fetched and compiled when it is first asked for; further instances fetch nothing. */
export default async function initRdkit(): Promise<MainModule> {
  const { factory, module } = await (loading ??= load());
  return await factory({
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(module, imports).then((instance) => done(instance, module));
      return {};
    },
  });
}
