import { UserError } from "../datasets/user_error.ts";

/** A command line that cannot be meant so: something is missing, or options contradict each other. Exit code 2. */
export class UsageError extends UserError {
  override name = "UsageError";
}
