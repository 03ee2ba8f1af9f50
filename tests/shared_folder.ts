import { leftToTheLongForm } from "./support/long_tests.ts";

/** Where the reference material lies, beside the repository; tests that need it say so when it is absent. */
export const sharedFolder: URL = new URL("../../shared/", import.meta.url);

/** True when a path of the reference material is there; otherwise prints what is skipped. */
export function sharedPresent(path: string): boolean {
  try {
    Deno.statSync(new URL(path, sharedFolder));
    return true;
  } catch {
    console.log(`skipped: ../shared/${path} absent`);
    return false;
  }
}

/** A test that needs paths of the reference material: without them it is registered as ignored, and says so. */
export function sharedTest(
  needed: string | readonly string[],
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
  form: "default" | "long" = "default",
): void {
  const absent = [needed].flat().find((path) => !sharedPresent(path));
  Deno.test({ name, ignore: absent !== undefined || (form === "long" && leftToTheLongForm(name)), fn });
}
