import type { z } from "zod";

/** Names of the settings that hold a path: their schema marks them by `.meta({ path: true })`, and they hold none of its `words`. */
export function pathSettings(schema: z.ZodType, values: object): string[] {
  const { shape = {} } = schema as unknown as { shape?: Record<string, z.ZodType> };
  return Object.entries(values).flatMap(([key, value]) => {
    const { path, words } = (shape[key]?.meta() ?? {}) as { path?: boolean; words?: readonly string[] };
    return path && typeof value === "string" && !words?.includes(value) ? [key] : [];
  });
}
