import { UserError } from "../datasets/user_error.ts";

/** What was asked for cannot be: a setting is unknown or out of range, or two contradict each other. No file is at fault. */
export class SettingsError extends UserError {
  /** Name of the class. */
  override name = "SettingsError";
}
