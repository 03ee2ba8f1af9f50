import code from "./random.wgsl" with { type: "text" };

/** WGSL of the counter-based generator, for kernels that draw random numbers (they bind `step`). */
export const randomCode: string = code;
