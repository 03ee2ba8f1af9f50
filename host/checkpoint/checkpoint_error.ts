import { shortened } from "../shortened.ts";

/**
 * A checkpoint file that cannot be read or written as asked.
 *
 * Its message is one sentence that names the file, the tensor or place, what was found and what was expected.
 * The command line shows it without a stack trace, like any other failure that the user can mend.
 */
export class CheckpointError extends Error {
  /** Its name, as messages show it. */
  override name = "CheckpointError";
  /** With a message, which is cut where it is very long. */
  constructor(message: string, options?: ErrorOptions) {
    super(shortened(message), options);
  }
}
