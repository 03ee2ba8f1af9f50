import type { Engine } from "../../engine/mod.ts";
import { matmulVariants, type ProductForm } from "../../kernels/matmul/matmul.ts";

/** Forms of a product that lose no digits. */
export const productForms: readonly ProductForm[] = [
  ...matmulVariants,
  "matrix_units",
  "matrix_units_emulated",
];

/** Why a form cannot run on a device; undefined where it can. */
export function lackingFor(form: ProductForm, { device }: Engine): string | undefined {
  if (form === "subgroups" && !device.hasSubgroups) return "this adapter offers no subgroup operations";
  if (form === "matrix_units" && !device.matrixUnits) return "this adapter lists no matrix units";
  return undefined;
}
