import type { KernelCase, Sizes } from "../../bench/kernel_case.ts";
import { editedCase } from "../../bench/tools/edited_case.ts";
import { checkShader } from "../../bench/tools/check_shader.ts";
import type { KernelRun } from "../../bench/kernel_run.ts";
import { type KernelResult, runKernelCase } from "../../bench/run_kernel_case.ts";
import { Engine } from "../../engine/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { indentWgsl, minifyWgsl } from "../wgsl.ts";

/** A shader of a variant's step. */
export interface Shader {
  readonly name: string;
  /** As it is compiled here. */
  readonly code: string;
  /** As it was written, with what it says of itself, as far as it was not made from parts. */
  readonly text: string;
  /** Values of its `override` constants. */
  readonly constants: Readonly<Record<string, number>>;
  readonly dispatches: number;
}

/** An edit to judge. */
export interface Trial {
  readonly variant: string;
  readonly sizes: Sizes;
  readonly seed: number;
  readonly shader: Pick<Shader, "name" | "code">;
  readonly text: string;
}

/** The shaders of a variant, in the order in which they first run. */
export async function shadersOf(
  gpu: GPU,
  kernel: KernelCase,
  variant: string,
  sizes: Sizes,
): Promise<Shader[]> {
  const engine = await Engine.open(gpu);
  try {
    const prepared = await kernel.prepare(engine, variant, sizes, new RandomValues(1));
    const groups = Map.groupBy(
      prepared.plan.dispatches,
      ({ kernel: { name, code } }) => `${name}\n${code}`,
    );
    const written = await sources();
    const found = [...groups.values()].map(([{ kernel: { name, code, constants = {} } }, ...more]) => ({
      name,
      code,
      text: withComments(code, written),
      constants,
      dispatches: 1 + more.length,
    }));
    prepared.dispose?.();
    return found;
  } finally {
    engine.dispose();
  }
}

/** Compiles an edit, compares it with float64 and times it beside what it was. @throws {UserError} where it does not compile */
export async function tryEdit(
  gpu: GPU,
  kernel: KernelCase,
  { variant, sizes, seed, shader, text }: Trial,
  run: Pick<KernelRun, "budgetMs" | "roofline" | "canary" | "onStage">,
): Promise<KernelResult> {
  const engine = await Engine.open(gpu);
  try {
    await checkShader(engine.device.handle, `${shader.name}.wgsl`, text);
  } finally {
    engine.dispose();
  }
  const edited = editedCase(kernel, { variant, kernel: shader, code: text });
  return await runKernelCase(gpu, edited, {
    ...run,
    sizes,
    seed,
    variants: edited.variants,
    elsewhere: new Set<string>(),
  });
}

/** What the shaders were before the build took their comments out, by what it left; longest first. */
let asWritten: Promise<readonly (readonly [bare: string, written: string])[]> | undefined;

function sources() {
  return asWritten ??= (async () => {
    const answer = await fetch(new URL("./shaders.json", import.meta.url));
    if (!answer.ok) {
      throw new Error(`shaders.json could not be loaded (${answer.status}); load the page again.`);
    }
    const texts = await answer.json() as string[];
    return texts.map((text) => [minifyWgsl(text), text] as const).sort((a, b) => b[0].length - a[0].length);
  })();
}

/** Puts comments and indentation back where a part of the code is a file as it was written. */
function withComments(code: string, written: readonly (readonly [string, string])[]): string {
  const whole = written.find(([bare]) => bare === code);
  if (whole) return whole[1];
  let text = code;
  for (const [bare, full] of written) if (text.includes(bare)) text = text.replace(bare, () => full);
  return indentWgsl(text);
}
