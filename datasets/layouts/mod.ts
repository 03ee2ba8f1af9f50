import { closestName } from "../readers/closest_name.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { knowledgeGraph } from "./knowledge_graph/layout.ts";
import type { Layout } from "./layout.ts";
import { profiles } from "./profiles/profiles.ts";
import { response } from "./response/response.ts";
import { signatures } from "./signatures/signatures.ts";

/** Every layout: a new one is a folder here and a line below. */
export const layouts: readonly Layout[] = [profiles, response, signatures, knowledgeGraph];

/**
 * The layout of a name.
 *
 * @throws {UserError} for an unknown one, with the nearest.
 *
 * @example
 * ```ts
 * const layout = layoutNamed("profiles");
 * const data = await layout.read("data/skbr3", layout.settings.parse({}), { identity: "parent" });
 * ```
 */
export function layoutNamed(name: string): Layout {
  const found = layouts.find((layout) => layout.name === name);
  if (found) return found;
  const names = layouts.map((layout) => layout.name), near = closestName(name, names);
  throw new UserError(
    `There is no layout ${quoteValue(name)}, expected one of ${names.join(", ")}` +
      (near === undefined ? "." : `; did you mean ${near}?`),
  );
}
