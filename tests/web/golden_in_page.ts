/** Runs in the browser: the harness of the goldens on an engine of the page's own adapter. */
import { Engine } from "../../engine/mod.ts";
import { GoldenFile, type Manifest } from "../golden/golden_file.ts";
import { goldenResult } from "../golden/golden_result.ts";
import { checkModel } from "../golden/models.ts";

/** One golden file: what it is, and its tensors in base64. */
export interface SentGolden {
  readonly manifest: Manifest;
  readonly bytes: string;
}

/** Checks files one after the other. @returns for each its name, checks, and the worst error as a part of its tolerance */
async function checkGoldens(files: readonly SentGolden[]) {
  const engine = await Engine.open(navigator.gpu);
  try {
    const results = [];
    for (const { manifest, bytes } of files) {
      const golden = new GoldenFile("", manifest, Uint8Array.fromBase64(bytes));
      const { name, checks, passed, worstShare } = goldenResult(
        manifest.name,
        await checkModel(engine, golden),
      );
      results.push({ name, checks: checks.length, passed, worstShare });
    }
    return results;
  } finally {
    engine.dispose();
  }
}

Object.assign(globalThis, { checkGoldens });
