import code from "./activation.wgsl" with { type: "text" };

/** WGSL of activations, clamps and exponentials that hand NaN on whatever the driver assumes of floats. */
export const activationCode: string = code;
