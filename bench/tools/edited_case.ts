import type { Kernel } from "../../engine/mod.ts";
import type { KernelCase } from "../kernel_case.ts";

/** One kernel of a variant with another text. */
export interface Edit {
  readonly variant: string;
  /** The kernel as it is recorded: name and text tell it from its siblings. */
  readonly kernel: Pick<Kernel, "name" | "code">;
  /** What is compiled in the place of its text. */
  readonly code: string;
}

/** What the edit of a variant is called. */
export const editedName = (variant: string): string => `${variant}, edited`;

/**
 * A case of two variants, one as it stands and the same with one shader edited: judged and timed like any others. The edit binds
 * what the kernel bound; sizes, grid and cost model stay.
 */
export function editedCase(
  kernel: KernelCase,
  { variant, kernel: { name, code: text }, code }: Edit,
): KernelCase {
  const edited = editedName(variant);
  const allowed = kernel.tolerances?.[variant];
  return {
    ...kernel,
    variants: [variant, edited],
    tolerances: allowed === undefined ? undefined : { [variant]: allowed, [edited]: allowed },
    skip: kernel.skip && ((_, sizes, features) => kernel.skip!(variant, sizes, features)),
    prepare(engine, asked, sizes, random) {
      if (asked === edited) {
        const { device } = engine;
        const compile = device.compile.bind(device);
        device.compile = (given) =>
          compile(given.name === name && given.code === text ? { ...given, code } : given);
      }
      return kernel.prepare(engine, variant, sizes, random);
    },
  };
}
