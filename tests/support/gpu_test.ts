import type { AdapterClass, Engine } from "../../engine/mod.ts";
import { sharedPresent } from "../shared_folder.ts";
import { closeTestEngines, testEngine } from "./engine.ts";
import { leftToTheLongForm } from "./long_tests.ts";

/**
 * A test that shares the process's engines, once with the kernels of each class of adapters: a software driver can run
 * those meant for a GPU as well. Resources outlive a single test on purpose.
 */
export function gpuTest(
  name: string,
  run: (engine: Engine) => Promise<void>,
  classes: readonly AdapterClass[] = ["software", "gpu"],
  /** Paths of the reference material without which the test is ignored. */
  needed: readonly string[] = [],
  form: "default" | "long" = "default",
): void {
  const ignore = !needed.every(sharedPresent) || (form === "long" && leftToTheLongForm(name));
  for (const adapterClass of classes) {
    Deno.test({
      name: classes.length > 1 ? `${name} (kernels for ${adapterClass})` : name,
      ignore,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => await run(await testEngine(adapterClass)),
    });
  }
}

/** A test that opens devices of its own. */
export function deviceTest(
  name: string,
  fn: () => Promise<void>,
  form: "default" | "long" = "default",
): void {
  const ignore = form === "long" && leftToTheLongForm(name);
  Deno.test({ name, ignore, sanitizeOps: false, sanitizeResources: false, fn });
}

/** Put last in a file: gives the devices back. */
export function releaseEngines(): void {
  deviceTest("the devices close without an error", closeTestEngines);
}
