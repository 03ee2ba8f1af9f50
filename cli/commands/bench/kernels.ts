import { checkOutputFile } from "../../../runs/output_file.ts";
import { Command } from "@commander-js/extra-typings";
import { baselineOf } from "../../../bench/compare/baseline.ts";
import { fitTable, kernelTable, refusedText, tableLegend } from "../../../bench/kernel_table.ts";
import type { KernelCase, Sizes } from "../../../bench/kernel_case.ts";
import { isWrong } from "../../../bench/kernel_row.ts";
import { kernelCases } from "../../../bench/kernels/mod.ts";
import { parseSizes } from "../../../bench/parse_sizes.ts";
import { Canary } from "../../../bench/roofline/canary.ts";
import { placed } from "../../../bench/placed.ts";
import { ceilingsText, higher, measureRoofline } from "../../../bench/roofline/roofline.ts";
import { runKernels } from "../../../bench/run_kernels.ts";
import { withSubgroupSize } from "../../../bench/subgroup_size.ts";
import { suite } from "../../../bench/suite.ts";
import { closestName } from "../../../datasets/readers/closest_name.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { runtimeName } from "../../../engine/mod.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import { UsageError } from "../../usage_error.ts";
import { wholeNumber } from "../../flags/words.ts";
import { documentOf, openedMachine } from "./document.ts";

const help = `
Every variant is checked against float64 on fresh random inputs in the same run; a wrong result gets no time.
Variants run in turn, each on a device of its own, and go by the rules of the adapter class: the table of
\`perturbine tune\` is left out. Exit code 1 when a result was wrong. Method: bench/README.md.

Kernels:
${kernelCases.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join("\n")}

Examples:
  perturbine bench kernels --out kernels.json
  perturbine bench kernels --kernel csg2a-block --sizes genes=978,batch=16,width=64 --json
  perturbine bench kernels --kernel csg2a-block --sweep genes --variant closed
  perturbine bench kernels --sweep --full --out full.json          (every size and twin: hours in software)
  perturbine bench kernels --kernel matmul --sizes m=128,n=1024,k=1024 --variant chosen,naive
  perturbine bench kernels --kernel loss-listnet --subgroups --backend dawn
  perturbine bench kernels --guard --baseline bench/results/baseline.json
`;

/** `perturbine bench kernels`. */
export function benchKernelsCommand() {
  return new Command("kernels")
    .description("Time, rates, memory and error of every kernel and its variants")
    .option("--kernel <names>", "kernels, separated by commas (default: all)", list)
    .option(
      "--variant <names>",
      "variants, separated by commas (default: those of this class of adapter)",
      list,
    )
    .option("--sizes <sizes>", "sizes by name, such as genes=978,batch=16,width=64", "")
    .option(
      "--sweep [sizes]",
      "sweep one size at a time (default: all that a kernel has), and fit the growth",
    )
    .option("--subgroups", "every variant twice: without and with subgroup operations (--backend dawn)")
    .option(
      "--subgroup-size <n>",
      "with --subgroups: hold them to this size (32 or 64 on GPUs)",
      wholeNumber(1),
    )
    .option("--full", "every variant, also where a naive twin takes minutes")
    .option("--guard", "the small sizes that the committed baseline guards")
    .option(
      "--seed <n>",
      "seed of the random inputs (default: a new one, told in the output)",
      wholeNumber(0),
    )
    .option(
      "--repeats <n>",
      "timed repeats a variant (default: as many as fit 0.6 s, at most 30)",
      wholeNumber(1),
    )
    .option("--no-roofline", "do not measure the adapter's ceilings")
    .option("--out <file>", "keep the rows as JSON, for compare and report")
    .option(
      "--baseline <file>",
      "with --guard: write ratios, memory and launches of this adapter into a baseline",
    )
    .option("--json", "print the rows as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      if (flags.out !== undefined) await checkOutputFile(flags.out);
      if (flags.baseline !== undefined) await checkOutputFile(flags.baseline);
      if (flags.baseline !== undefined && !flags.guard) {
        throw new UsageError("--baseline goes with --guard: a baseline holds the guarded sizes only.");
      }
      const cases = chosenCases(flags.kernel).map((kernel) => ({
        kernel,
        sizes: sizesOf(kernel, flags.sizes),
      }));
      checkVariants(cases.map(({ kernel }) => kernel), flags.variant);
      const sweep = flags.sweep === undefined ? undefined : flags.sweep === true ? [] : list(flags.sweep);
      checkSweep(cases.map(({ kernel }) => kernel), sweep ?? []);
      const machine = await openedMachine();
      if (
        flags.subgroups &&
        !(await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }))?.features.has(
          "subgroups",
        )
      ) {
        throw new UserError(
          `${machine.adapter} offers no subgroup operations through ${runtimeName()}; give --backend dawn, or leave --subgroups out.`,
        );
      }
      if (flags.subgroupSize !== undefined && !flags.subgroups) {
        throw new UsageError("--subgroup-size goes with --subgroups: other kernels have none.");
      }
      const gpu = flags.subgroupSize === undefined
        ? navigator.gpu
        : await withSubgroupSize(navigator.gpu, flags.subgroupSize);
      const say = (text: string) => flags.json || console.log(text);
      // Ragged cases draw their sizes too, and a baseline of memory needs the same ones.
      const seed = flags.seed ?? (flags.guard ? 1 : crypto.getRandomValues(new Uint32Array(1))[0]);
      const canary = await Canary.open(navigator.gpu);
      const roofline = flags.roofline ? await measureRoofline(navigator.gpu) : undefined;
      say(
        `seed ${seed}${roofline ? `; this adapter reached ${ceilingsText(roofline)}` : ""}\n${tableLegend}\n`,
      );
      const result = await runKernels(gpu, {
        cases,
        variants: flags.variant,
        full: flags.full,
        subgroups: flags.subgroups,
        subgroupSize: flags.subgroupSize,
        sweep,
        guard: flags.guard,
        adapterClass: machine.adapterClass === "gpu" ? "gpu" : "software",
        seed,
        repeats: flags.repeats,
        roofline,
        canary,
        onResult: ({ rows, refused }) => say(kernelTable(rows, refused) + "\n"),
        onFits: (fits) => fits.length > 0 && say(fitTable(fits) + "\n"),
      });
      canary.dispose();
      const again = roofline && await measureRoofline(navigator.gpu);
      if (again) say(`Measured again at the end, it reached ${ceilingsText(again)}.\n`);
      // Load only ever hides a ceiling: every row is placed under the higher of the two measurements.
      const ceilings = again ? higher(roofline, again) : undefined;
      const rows = result.rows.map((row) => ({ ...row, ...placed(row, ceilings) }));
      const document = documentOf({
        ...result,
        machine,
        seed,
        rows,
        roofline: ceilings ?? null,
        rooflines: again ? [roofline, again] : [],
      });
      const text = JSON.stringify(document, null, 1) + "\n";
      if (flags.out !== undefined) await writeFileAtomic(flags.out, text);
      if (flags.baseline !== undefined) await writeBaseline(flags.baseline, document);
      if (flags.json) console.log(text);
      const wrong = result.refused.filter(isWrong);
      if (wrong.length > 0) say(refusedText(wrong) + "\n");
      const flagged = rows.filter(({ flag }) => flag !== null);
      if (flagged.length > 0) {
        const rows = [...new Set(flagged.map(({ kernel, variant }) => `${kernel} ${variant}`))];
        throw new UserError(`These rates cannot be: ${rows.join(", ")}; see the reasons in the output.`);
      }
      if (wrong.length === 0) return;
      const names = wrong.map(({ kernel, variant }) => `${kernel} ${variant}`).join(", ");
      throw new UserError(`These gave no usable result: ${names}; see the reasons in the output.`);
    });
}

async function writeBaseline(path: string, document: Parameters<typeof baselineOf>[0]): Promise<void> {
  const before = await Deno.readTextFile(path).then((text) => JSON.parse(text)).catch(() => undefined);
  await writeFileAtomic(path, JSON.stringify(baselineOf(document, before), null, 2) + "\n");
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

function checkVariants(cases: readonly KernelCase[], wanted: readonly string[] | undefined): void {
  const known = [...new Set(cases.flatMap(({ variants }) => variants))];
  const odd = wanted?.find((name) => !known.includes(name));
  if (odd === undefined) return;
  const of = cases.length === 1 ? `variant of ${cases[0].name}` : "variant";
  throw new UsageError(unknown(of, odd, known));
}

function checkSweep(cases: readonly KernelCase[], wanted: readonly string[]): void {
  const known = [...new Set(cases.flatMap(({ name }) => Object.keys(suite[name]?.axes ?? {})))];
  const odd = wanted.find((name) => !known.includes(name));
  if (odd !== undefined) throw new UsageError(unknown("size to sweep", odd, known));
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
