/**
 * What it takes to prove an operation or a kernel: comparison with float64, gradients against differences, and the compiler
 * that browsers use.
 *
 * @module
 */
export { assertClose, type Closeness } from "./assert_close.ts";
export { type CheckedInput, checkOperation, checkReference, type OperationCheck } from "./check_operation.ts";
export { RandomValues } from "./random_values.ts";
export type { ForwardReference, Reference, Values } from "./reference.ts";
export { compileWithTint, type TintProblem, type TintSource } from "./tint/compile_with_tint.ts";
