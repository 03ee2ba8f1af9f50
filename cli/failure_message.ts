import { z } from "zod";
import { CheckpointError } from "../host/checkpoint/checkpoint_error.ts";
import { UserError } from "../datasets/user_error.ts";
import { GpuError } from "../engine/errors.ts";
import { NonFiniteError } from "../models/training_task.ts";
import { issuesText } from "../runs/parse_json.ts";
import { FailedTrainingError, StoppedError } from "../runs/errors.ts";

/** What a failure says on the terminal: one sentence for what the user can mend, the stack for a fault of the program. */
export function failureMessage(error: unknown): string {
  if (error instanceof UserError || error instanceof CheckpointError || error instanceof StoppedError) {
    return error.message;
  }
  if (error instanceof z.ZodError) return `The configuration cannot work: ${issuesText(error)}.`;
  const failed = error instanceof FailedTrainingError ? error.cause : error;
  if (failed instanceof NonFiniteError) return `Training went bad: ${(error as Error).message}`;
  if (failed instanceof GpuError) return `The device failed: ${(error as Error).message}`;
  if (isFileFault(error)) {
    return `${error.message}; check the path, its permissions and the space on the disk.`;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/** What the operating system refused: no permission, no space, a folder instead of a file. */
function isFileFault(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /\(os error \d+\)/.test(error.message);
}
