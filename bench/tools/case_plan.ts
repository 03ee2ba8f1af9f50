import { closestName } from "../../datasets/readers/closest_name.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Engine, Plan } from "../../engine/mod.ts";
import { kernelCases } from "../kernels/mod.ts";
import { parseSizes } from "../parse_sizes.ts";
import { RandomValues } from "../../testing/random_values.ts";

/** A case of `bench kernels` by name. */
export interface CaseChoice {
  readonly name: string;
  /** By default the one that the product runs. */
  readonly variant?: string;
  /** As in `genes=978,batch=16`. */
  readonly sizes?: string;
  readonly seed?: number;
}

/** Forward and backward of a benchmark's kernel as a plan. @throws {UserError} for unknown names or sizes. */
export async function casePlan(engine: Engine, choice: CaseChoice): Promise<{ plan: Plan; source: string }> {
  const found = kernelCases.find(({ name }) => name === choice.name);
  if (!found) throw new UserError(unknown("case", choice.name, kernelCases.map(({ name }) => name)));
  const variant = choice.variant ?? found.variants[0];
  if (!found.variants.includes(variant)) {
    throw new UserError(unknown(`variant of ${found.name}`, variant, found.variants));
  }
  let sizes;
  try {
    sizes = parseSizes(choice.sizes ?? "", found.sizes);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  const { plan } = await found.prepare(engine, variant, sizes, new RandomValues(choice.seed ?? 1));
  const stated = Object.entries(sizes).map(([name, value]) => `${name}=${value}`).join(",");
  return { plan, source: `bench kernels --kernel ${found.name} --variant ${variant} --sizes ${stated}` };
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const close = closestName(name, known);
  return `There is no ${what} called "${name}"${
    close ? `; did you mean ${close}?` : `, only ${known.join(", ")}.`
  }`;
}
