/** Shapes that do not fit together. The message names the operation, the argument and both shapes. */
export class ShapeError extends Error {
  /** Name of the class. */
  override name = "ShapeError";
}

/** The device refused or lost something: validation, shader, out of memory, device lost. */
export class GpuError extends Error {
  /** Name of the class. */
  override name = "GpuError";
}
