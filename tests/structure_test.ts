import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { browserImports } from "../web/host/replacements.ts";

const root = new URL("../", import.meta.url);

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly code?: Target; readonly type?: Target }[];
}

interface Target {
  readonly specifier: string;
}

/** What some modules import, types too, and all that these import in turn: paths below the checkout, else as they are. */
async function importsOf(...entries: string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const name = (specifier: string) => specifier.replace(root.href, "");
  for (const entry of entries) {
    const args = ["info", "--json", fileURLToPath(new URL(entry, root))];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: readonly Module[] };
    for (const { specifier, dependencies = [] } of modules) {
      const targets = dependencies.flatMap(({ code, type }) => [code, type]).filter((target) =>
        target !== undefined
      );
      found.set(name(specifier), targets.map((target) => name(target.specifier)));
    }
  }
  return found;
}

/** A circle of imports, as a path that ends where it begins. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (module: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(module)) return [...path.slice(path.indexOf(module)), module];
    if (done.has(module)) return undefined;
    for (const target of imports.get(module) ?? []) {
      const circle = visit(target, [...path, module]);
      if (circle) return circle;
    }
    done.add(module);
  };
  for (const module of imports.keys()) {
    const circle = visit(module, []);
    if (circle) return circle;
  }
}

/** Code of a module without comments. */
async function codeOf(module: string): Promise<string> {
  return (await Deno.readTextFile(new URL(module, root))).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
}

Deno.test("circleIn() finds a circle behind a tail, and none in a diamond", () => {
  const diamond = new Map([["a", ["b", "c"]], ["b", ["d"]], ["c", ["d"]], ["d", []]]);
  assert.equal(circleIn(diamond), undefined);
  assert.deepEqual(circleIn(new Map([...diamond, ["d", ["e"]], ["e", ["c"]]])), ["d", "e", "c", "d"]);
});

Deno.test("the engine imports itself and kernels alone, in no circle: a browser can load it", async () => {
  const imports = await importsOf("engine/mod.ts", "engine/ops/mod.ts", "kernels/mod.ts");
  assert.ok(imports.has("engine/plan.ts") && imports.has("engine/ops/linear.ts"), `${[...imports.keys()]}`);
  for (const [module, targets] of imports) {
    for (const target of targets) {
      const floors = module.startsWith("kernels/") ? /^kernels\// : /^(engine|kernels)\//;
      assert.match(target, floors, `${module} imports ${target}`);
    }
    if (!module.endsWith(".ts") || module === "engine/runtime_name.ts") continue; // it asks whether there is a Deno
    assert.doesNotMatch(await codeOf(module), /\bDeno\s*[.[]/, `${module} calls Deno`);
  }
  assert.equal(circleIn(imports), undefined);
});

Deno.test("what the page's house imports asks Deno and Node for nothing but what a browser has in their place", async () => {
  const { imports: instead } = browserImports(root, "npm:@rdkit/rdkit");
  const replaced = new Set(Object.keys(instead).map((name) => name.replace(root.href, "")));
  for (const [name, stand] of Object.entries(instead)) {
    assert.ok(await Deno.stat(new URL(stand)), `${name} has no ${stand}`);
  }
  const all = await importsOf("web/house/house_worker.ts");
  const seen = new Set<string>(), open = ["web/house/house_worker.ts"];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (seen.has(module) || replaced.has(module)) continue;
    seen.add(module);
    assert.doesNotMatch(module, /^node:/, `${module} is imported, which browsers do not have`);
    open.push(...all.get(module) ?? []);
    if (!module.endsWith(".ts") || module.includes(":") || module === "engine/runtime_name.ts") continue;
    assert.doesNotMatch(await codeOf(module), /\bDeno\s*[.[]/, `${module} calls Deno`);
  }
  assert.ok(
    seen.has("runs/train.ts") && seen.has("models/registry.ts") && seen.has("datasets/readers/csv.ts"),
  );
});
