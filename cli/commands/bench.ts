import { Command } from "@commander-js/extra-typings";
import type { KernelCase, Sizes } from "../../bench/kernel_case.ts";
import type { KernelRow, RefusedRow } from "../../bench/kernel_row.ts";
import { kernelTable } from "../../bench/kernel_table.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { parseSizes } from "../../bench/parse_sizes.ts";
import { measureRoofline } from "../../bench/roofline/roofline.ts";
import { runKernelCase } from "../../bench/run_kernel_case.ts";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { UserError } from "../../datasets/user_error.ts";
import { UsageError } from "../usage_error.ts";
import { wholeNumber } from "./training_options.ts";

const help = `
Every variant is checked against float64 on fresh random inputs in the same run; a wrong result gets no time.
Variants run in turn, each on a device of its own. Exit code 1 when a result was wrong.

Kernels:
${kernelCases.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join("\n")}

Examples:
  perturbine bench kernels
  perturbine bench kernels --kernel csg2a-block --sizes genes=978,batch=16,width=64 --json
  perturbine bench kernels --kernel csg2a-block --variant closed --sizes genes=10167,batch=128
  perturbine bench kernels --kernel matmul --sizes m=128,n=1024,k=1024 --variant chosen,naive
`;

/** `perturbine bench`: what the kernels cost on this machine's adapter. */
export function benchCommand() {
  return new Command("bench")
    .description("Measure kernels on this machine's adapter, against their naive twins and the roofline")
    .addCommand(kernelsCommand());
}

function kernelsCommand() {
  return new Command("kernels")
    .description("Time, rates, memory and error of every kernel and its variants")
    .option("--kernel <names>", "kernels, separated by commas (default: all)", list)
    .option("--variant <names>", "variants, separated by commas (default: all of a kernel)", list)
    .option("--sizes <sizes>", "sizes by name, such as genes=978,batch=16,width=64", "")
    .option(
      "--seed <n>",
      "seed of the random inputs (default: a new one, told in the output)",
      wholeNumber(0),
    )
    .option(
      "--repeats <n>",
      "timed repeats a variant (default: as many as fit a second, at most 30)",
      wholeNumber(1),
    )
    .option("--no-roofline", "do not measure the adapter's ceilings")
    .option("--json", "print the rows as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      const cases = chosenCases(flags.kernel);
      const plans = cases.map((kernel) => ({
        kernel,
        sizes: sizesOf(kernel, flags.sizes),
        variants: variantsOf(kernel, flags.variant),
      }));
      if (!await navigator.gpu?.requestAdapter()) {
        throw new UserError("No WebGPU adapter was found; `perturbine doctor` says which driver to install.");
      }
      const seed = flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
      const roofline = flags.roofline ? await measureRoofline(navigator.gpu) : undefined;
      const rows: KernelRow[] = [];
      const refused: RefusedRow[] = [];
      if (!flags.json) {
        console.log(
          `seed ${seed}` +
            (roofline
              ? `; this adapter reached ${roofline.gflops.toPrecision(3)} GFLOP/s in registers and ` +
                `${roofline.gbs.toPrecision(3)} GB/s in a copy\n`
              : "\n"),
        );
      }
      for (const plan of plans) {
        const result = await runKernelCase(navigator.gpu, plan.kernel, {
          ...plan,
          seed,
          repeats: flags.repeats,
          budgetMs: 1000,
          roofline,
        });
        rows.push(...result.rows);
        refused.push(...result.refused);
        if (!flags.json) console.log(kernelTable(result.rows, result.refused) + "\n");
      }
      if (flags.json) {
        console.log(JSON.stringify({ seed, roofline: roofline ?? null, rows, refused }, null, 2));
      }
      const wrong = refused.filter(({ max_rel_error, adapter }) => max_rel_error !== null || adapter !== "");
      if (wrong.length === 0) return;
      const names = wrong.map(({ kernel, variant }) => `${kernel} ${variant}`).join(", ");
      if (flags.json) Deno.exit(1); // the document above has said it
      throw new UserError(`These gave no usable result: ${names}; see the reasons above.`);
    });
}

function list(text: string): string[] {
  return text.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function chosenCases(names: readonly string[] | undefined): KernelCase[] {
  if (!names) return [...kernelCases];
  return names.map((name) => {
    const found = kernelCases.find((kernel) => kernel.name === name);
    if (!found) throw new UsageError(unknown("kernel", name, kernelCases.map((kernel) => kernel.name)));
    return found;
  });
}

function variantsOf({ name: kernel, variants }: KernelCase, wanted: readonly string[] | undefined): string[] {
  const odd = wanted?.find((name) => !variants.includes(name));
  if (odd !== undefined) throw new UsageError(unknown(`variant of ${kernel}`, odd, variants));
  return [...(wanted ?? variants)];
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const close = closestName(name, known);
  return `There is no ${what} called "${name}"${
    close ? `; did you mean ${close}?` : `, only ${known.join(", ")}.`
  }`;
}

function sizesOf(kernel: KernelCase, text: string): Sizes {
  try {
    return parseSizes(text, kernel.sizes);
  } catch (error) {
    throw new UsageError(`${kernel.name}: ${(error as Error).message}`);
  }
}
