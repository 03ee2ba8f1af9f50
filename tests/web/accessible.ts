import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Holds what the page shows now against axe's rules (WCAG 2.2 A and AA, best practice), by daylight and in the dark. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // As the browser's own: the page's policy lets no inline script in.
  await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      const { violations, passes } = await axe.run(document);
      const texts = violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`
      );
      return { texts, passes: passes.length };
    });
    assert.ok(found.passes > 10, `${what}: axe looked at the page`);
    assert.deepEqual(found.texts, [], `${what}, ${colorScheme}`);
  }
}
