import { shortened } from "../host/shortened.ts";

/**
 * A failure the user can mend: bad input, a missing file, an option that cannot work.
 *
 * Its message is one sentence that names the place (file, row, column), what was found, what was expected
 * and what to do. The command line prints the message alone, without a stack trace, and exits with 1.
 */
export class UserError extends Error {
  /** The class name, for messages. */
  override name = "UserError";
  /** With a message, which is cut where it is very long. */
  constructor(message: string, options?: ErrorOptions) {
    super(shortened(message), options);
  }
}
