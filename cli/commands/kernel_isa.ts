import { Command } from "@commander-js/extra-typings";
import { fileURLToPath } from "node:url";
import { lensKernels, specialisationOf } from "../../bench/lens/all_kernels.ts";
import { type Chip, chips } from "../../bench/lens/chips.ts";
import { needDriver } from "../../bench/lens/driver.ts";
import { fetchDriver } from "../../bench/lens/fetch_driver.ts";
import { isaComparison, isaTable } from "../../bench/lens/isa_table.ts";
import { type IsaRow, rowName } from "../../bench/lens/isa_row.ts";
import { type LensKernel, lensReport } from "../../bench/lens/lens_rows.ts";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { UserError } from "../../datasets/user_error.ts";
import { UsageError } from "../usage_error.ts";

const help = `
Mesa's compilers for AMD (RADV) and NVIDIA (NVK) run here without a card: the kernel driver is replaced by one that does
nothing, so the code is the chip's own, but nothing runs and nothing is timed.

  perturbine kernel isa matmul_tiled                          on RDNA 3 and Ampere
  perturbine kernel isa matmul_tiled --asm --chip navi31      the assembly (no driver keeps WGSL lines)
  perturbine kernel isa old.wgsl --against new.wgsl           two versions side by side
  perturbine kernel isa all --json > isa.json

Occupancy: subgroups at once a SIMD (AMD) or a streaming multiprocessor (NVIDIA). Checks: the compiler's bounds checks.
Local bytes: of a subgroup on AMD, of a thread on NVIDIA. Chips:
${
  chips.map(({ name, known, fullOccupancy }) => `  ${name.padEnd(8)} ${known}; full at ${fullOccupancy}`)
    .join("\n")
}`;

/** Where `--fetch` unpacks the compilers. */
export const lensCache: string = fileURLToPath(new URL("../../.cache", import.meta.url));

/** `perturbine kernel isa`: what real GPU compilers make of a kernel. */
export function isaCommand() {
  return new Command("isa")
    .description("What the compilers of AMD and NVIDIA chips make of a kernel, without a GPU")
    .addHelpText("after", help)
    .argument("<kernel>", "its name, `all`, or a .wgsl file")
    .option("--chip <names>", "chips to compile for, by commas", chosenChips, chosenChips("navi31,ga102"))
    .option("--variant <words>", "only specialisations whose name or constants hold these words, by commas")
    .option("--against <kernel>", "another kernel or .wgsl file, shown beside it")
    .option("--asm", "print the machine code")
    .option("--json", "print the figures as JSON")
    .option("--fetch", "unpack the no-op drivers into .cache first, from this machine's Debian mirror")
    .action(async (name, { chip: asked, variant, against, asm, json, fetch }) => {
      if (against !== undefined && (asm || name === "all")) {
        throw new UsageError("--against compares the figures of two kernels; leave --asm and `all` out.");
      }
      if (fetch) await fetchDriver(lensCache);
      for (const chip of asked) needDriver(chip, lensCache);
      const first = await kernelsCalled(name, variant);
      if (against !== undefined) {
        return await compare(
          one(name, first),
          one(against, await kernelsCalled(against, variant)),
          asked,
          json,
        );
      }
      const { rows, texts, refused } = await lensReport(first, asked, lensCache);
      if (json) return printJson(rows);
      if (asm) {
        texts.forEach((text, k) => console.log(`${rows[k].chip}: ${rowName(rows[k])}\n${text.join("\n")}`));
      } else console.log(isaTable(rows));
      for (const { kernel, chip, reason } of refused) console.log(`${chip}: ${kernel} is refused: ${reason}`);
    });
}

async function compare(first: LensKernel, second: LensKernel, asked: readonly Chip[], json?: boolean) {
  const { rows, refused } = await lensReport([first, second], asked, lensCache);
  if (refused.length > 0) throw new UserError(`${refused[0].kernel} does not compile: ${refused[0].reason}`);
  if (json) return printJson(rows);
  for (let k = 0; k < rows.length; k += 2) console.log(isaComparison(rows[k], rows[k + 1]));
}

/** A row a line: a committed table shows what changed. */
function printJson(rows: readonly IsaRow[]): void {
  console.log(`[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]`);
}

/** The specialisations of a kernel; a file is one with the values of its own text. */
async function kernelsCalled(name: string, variant?: string): Promise<LensKernel[]> {
  if (name.endsWith(".wgsl")) {
    const code = await Deno.readTextFile(name).catch((error) => {
      throw new UserError(`${name}: the file cannot be read (${error.message}); check the path.`);
    });
    return [{ name, code }];
  }
  const { kernels } = await lensKernels();
  const words = (variant ?? "").split(",").filter((word) => word !== "");
  const called = name === "all" ? kernels : kernels.filter((kernel) => kernel.name === name);
  if (called.length === 0) {
    const close = closestName(name, [...new Set(kernels.map((kernel) => kernel.name))]);
    throw new UserError(
      `There is no kernel called "${name}"${
        close ? `; did you mean ${close}?` : "; `kernel isa all` shows all."
      }`,
    );
  }
  const found = called.filter((kernel) => {
    const text = `${kernel.name} ${specialisationOf(kernel)}`;
    return words.every((word) => text.includes(word));
  });
  if (found.length > 0) return found;
  const known = called.map((kernel) => specialisationOf(kernel) || "(no constants)");
  throw new UserError(`--variant is "${variant}"; the specialisations of ${name} are ${known.join("; ")}.`);
}

function one(name: string, kernels: readonly LensKernel[]): LensKernel {
  if (kernels.length === 1) return kernels[0];
  throw new UserError(
    `${name} has ${kernels.length} specialisations; choose one with --variant: ${
      kernels.map((kernel) => specialisationOf(kernel)).join("; ")
    }.`,
  );
}

/** Chips by their names. @throws {UsageError} */
export function chosenChips(text: string): readonly Chip[] {
  return text.split(",").map((name) => {
    const chip = chips.find((known) => known.name === name.trim());
    if (chip) return chip;
    throw new UsageError(`--chip has "${name}", expected ${chips.map((known) => known.name).join(", ")}.`);
  });
}
