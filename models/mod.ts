/**
 * The models: plain functions of parameters and tensors, and what training them needs.
 *
 * @module
 */
export * from "./csg2a/mod.ts";
export * from "./training_task.ts";
