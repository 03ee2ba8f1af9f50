import { z } from "zod";
import { CheckpointError } from "../engine/checkpoint/checkpoint_error.ts";
import { UserError } from "../datasets/user_error.ts";
import { GpuError } from "../engine/errors.ts";
import { NonFiniteError } from "../models/training_task.ts";
import { issuesText } from "./parse_json.ts";
import { StoppedError } from "./stopped_error.ts";

/** What a failure says on the terminal: one sentence for what the user can mend, the stack for a fault of the program. */
export function failureMessage(error: unknown): string {
  if (error instanceof UserError || error instanceof CheckpointError || error instanceof StoppedError) {
    return error.message;
  }
  if (error instanceof z.ZodError) return `The configuration cannot work: ${issuesText(error)}.`;
  if (error instanceof NonFiniteError) {
    return `Training went bad at ${error.message} The state saved before it is intact.`;
  }
  if (error instanceof GpuError) {
    return `The device failed: ${error.message} What was saved before is intact; go on with \`perturbine resume\`.`;
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotFound) {
    return error.message;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
