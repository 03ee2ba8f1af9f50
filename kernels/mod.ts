/**
 * What kernels are written with: the descriptor, and the WGSL that they share.
 *
 * @module
 */
export {
  type AdapterClass,
  type Grid,
  type Kernel,
  linearGrid,
  loop,
  specialise,
  type Uniforms,
} from "./descriptor.ts";
export { activationCode } from "./activation/activation.ts";
export { randomCode } from "./random/random.ts";
export { withWorkgroupSums, workgroupLoops } from "./reduce/workgroup.ts";
export type { MatrixUnits } from "./matmul/matrix_units.ts";
