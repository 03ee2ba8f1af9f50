import type { z } from "zod";

/**
 * A zod schema: checks settings, fills in their defaults, and describes each field for flags and help.
 *
 * @internal Tools that check documentation would ask for all of zod.
 */
export type SettingsSchema<Settings> = z.ZodType<Settings>;
