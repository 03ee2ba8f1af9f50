import { Command } from "@commander-js/extra-typings";
import { dirname } from "node:path";
import { measureRoofline } from "../../bench/roofline/roofline.ts";
import { captureDispatch } from "../../bench/tools/capture_dispatch.ts";
import { saveCapture } from "../../bench/tools/capture_folder.ts";
import {
  kernelCalls,
  kernelCallTable,
  kernelUses,
  kernelUseTable,
} from "../../bench/tools/dispatch_table.ts";
import { findDispatch, unknownKernel } from "../../bench/tools/find_dispatch.ts";
import { type EditedShader, runEdited } from "../../bench/tools/run_edited.ts";
import { replayTable } from "../../bench/tools/replay_table.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { CommandContext } from "../context.ts";
import { observeStep, type StepChoice } from "../observed_step.ts";
import { standInCommand } from "../observed_command.ts";
import { UsageError } from "../usage_error.ts";
import { namedNumbers } from "../flags/words.ts";
import { wholeNumber } from "../flags/words.ts";
import { requireAdapter } from "../../runs/device.ts";
import { needDriver } from "../../bench/lens/driver.ts";
import { chosenChips, isaCommand, lensCache } from "./kernel_isa.ts";

const help = `
The loop of a kernel engineer:
  perturbine kernel list                                    what a training step runs
  perturbine kernel list --calls matmul_tiled               its calls, which differ in shape
  perturbine kernel dump csg2a_expand_genes --out expand    one dispatch of it as a folder
  cp expand/kernel.wgsl edited.wgsl                         change edited.wgsl, then
  perturbine kernel run expand --wgsl edited.wgsl           checked and timed against the original; --watch repeats it

Where the compilers of \`kernel isa\` are, the last command also says what the edit changes in registers, occupancy and
instructions of AMD's and NVIDIA's machine code.

Where steps come from: the training of a command after \`--\` (default: the demo), or a case of \`bench kernels\`:
  perturbine kernel dump matmul_tiled -- train csg2a --data data/skbr3
  perturbine kernel dump csg2a_reduce_genes_forward --case csg2a-block --sizes genes=10167,batch=16`;

/** `perturbine kernel`: one kernel alone, with the inputs it has in a real step. */
export function kernelCommand(context: CommandContext) {
  return new Command("kernel")
    .description("List, dump and rerun single kernels of a real step; show their machine code")
    .addHelpText("after", help)
    .addCommand(listCommand(context))
    .addCommand(dumpCommand(context))
    .addCommand(runCommand())
    .addCommand(isaCommand());
}

interface StepFlags {
  readonly case?: string;
  readonly variant?: string;
  readonly sizes?: string;
  readonly step: number;
}

function stepOptions(name: string) {
  return new Command(name)
    .option("--case <name>", "take the step of a case of `bench kernels`")
    .option("--variant <name>", "variant of the case")
    .option("--sizes <sizes>", "sizes of the case, such as genes=978,batch=16")
    .option("--step <n>", "which training step of the command, from 1", wholeNumber(1), 1);
}

function stepChoice({ case: name, variant, sizes, step }: StepFlags, words: readonly string[]): StepChoice {
  if (name === undefined) {
    if (variant !== undefined || sizes !== undefined) {
      throw new UsageError("--variant and --sizes belong to a case; name it with --case.");
    }
    return { words: words.length > 0 ? words : standInCommand, step };
  }
  if (words.length > 0) {
    throw new UsageError("--case and a command after `--` exclude each other; give one of them.");
  }
  return { case: { name, variant, sizes } };
}

function listCommand(context: CommandContext) {
  return stepOptions("list")
    .description("The kernels of a step, with geometry and cost")
    .argument("[command...]", "a training command, after `--`")
    .option(
      "--calls [kernel]",
      "a line a dispatch, with its sizes and the number that `kernel dump --call` takes",
    )
    .option("--json", "print the list as JSON")
    .action(async (words, flags) => {
      const { uses, calls, source } = await observeStep(
        stepChoice(flags, words),
        context,
        ({ plan: { dispatches } }) => ({ uses: kernelUses(dispatches), calls: kernelCalls(dispatches) }),
        (found, { source }) => Promise.resolve({ ...found, source }),
      );
      const { calls: asked } = flags;
      const shown = asked === undefined
        ? undefined
        : calls.filter(({ kernel }) => asked === true || kernel === asked);
      if (shown?.length === 0) {
        throw new UsageError(unknownKernel(String(asked), uses.map(({ kernel }) => kernel)));
      }
      if (flags.json) console.log(JSON.stringify({ source, kernels: uses, calls: shown }, null, 2));
      else console.log(`${source}\n${shown ? kernelCallTable(shown) : kernelUseTable(uses)}`);
    });
}

function dumpCommand(context: CommandContext) {
  return stepOptions("dump")
    .description("Write one dispatch of a step to a folder: WGSL, bindings, geometry, inputs and outputs")
    .argument("<kernel>", "name of the kernel, as `kernel list` prints it")
    .argument("[command...]", "a training command, after `--`")
    .option("--call <n>", "which of its dispatches, from 1", wholeNumber(1), 1)
    .option("--out <dir>", "folder to write (default: runs/kernels/KERNEL)")
    .option("--json", "print the description as JSON")
    .action(async (kernel, words, flags) => {
      const folder = flags.out ?? `runs/kernels/${kernel}`;
      const description = await observeStep(
        stepChoice(flags, words),
        context,
        ({ engine: { device }, plan, inputs, values }) =>
          captureDispatch(device, plan, findDispatch(plan.dispatches, kernel, flags.call), inputs, values),
        async (pending, { engine: { device }, source }) =>
          await saveCapture(folder, await pending.read(), {
            source,
            adapter: device.description,
            adapterClass: device.adapterClass,
          }),
      );
      if (flags.json) return console.log(JSON.stringify({ folder, ...description }, null, 2));
      const elements = description.bindings.map(({ name, elements }) => `${name} ${elements}`).join(", ");
      console.log(
        `${folder}: ${kernel} (${description.operation}, ${description.phase}), ` +
          `${description.workgroups.join(" x ")} workgroups; ${elements} values`,
      );
    });
}

function runCommand() {
  return new Command("run")
    .description("Run a dumped dispatch alone: check it against its captured output and time it")
    .argument("<folder>", "what `kernel dump` wrote")
    .option("--wgsl <file>", "an edited shader, run beside the captured one")
    .option("--constants <values>", "override constants of the edited shader, such as TILE=8", namedNumbers)
    .option("--uniforms <values>", "fields of Params that the captured shader has not", namedNumbers)
    .option("--workgroups <x,y,z>", "another grid for the edited shader", grid)
    .option("--repeats <n>", "timed runs of each", wholeNumber(1), 20)
    .option("--tolerance <error>", "largest difference over the largest value that passes", positive, 2e-5)
    .option("--roofline", "measure the adapter's ceilings too")
    .option(
      "--chip <names>",
      "chips whose machine code the edit is compared on, where their compilers are",
      chosenChips,
    )
    .option("--watch", "run again whenever the edited file is saved")
    .option("--json", "print the result as JSON")
    .action(async (folder, flags) => {
      const { wgsl, constants, uniforms, workgroups } = flags;
      const edited: EditedShader | undefined = wgsl === undefined && !constants && !uniforms && !workgroups
        ? undefined
        : { path: wgsl, constants, uniforms, workgroups };
      if (flags.watch && wgsl === undefined) {
        throw new UsageError("--watch needs a file to watch; give --wgsl FILE.");
      }
      for (const chip of flags.chip ?? []) needDriver(chip, lensCache);
      const lens = { chips: flags.chip ?? chosenChips("navi31,ga102"), cache: lensCache };
      await requireAdapter();
      const roofline = flags.roofline ? await measureRoofline(navigator.gpu) : undefined;
      const once = async () => {
        const result = await runEdited(navigator.gpu, folder, edited, { ...flags, roofline, lens });
        console.log(flags.json ? JSON.stringify(result, null, 2) : replayTable(result));
        return result;
      };
      if (!flags.watch) {
        const { passed } = await once();
        if (!passed) {
          throw new UserError(
            "The output differs from the captured one by more than the tolerance; see the errors above.",
          );
        }
        return;
      }
      await watch(wgsl!, async () => {
        await once().catch((error) => {
          if (!(error instanceof UserError)) throw error;
          console.error(error.message);
        });
      });
    });
}

/** Runs now and after every save, until Ctrl-C. Editors replace files, so the folder is watched. */
async function watch(path: string, run: () => Promise<void>): Promise<void> {
  const stamp = async () => (await Deno.stat(path).catch(() => undefined))?.mtime?.getTime();
  let seen = await stamp();
  await run();
  for await (const _ of Deno.watchFs(dirname(path))) {
    const now = await stamp();
    if (now === undefined || now === seen) continue;
    seen = now;
    await run();
  }
}

function grid(text: string): [number, number, number] {
  const parts = text.split(",").map(Number);
  if (parts.length === 3 && parts.every((part) => Number.isInteger(part) && part > 0)) {
    return parts as [number, number, number];
  }
  throw new UsageError(`--workgroups has "${text}", expected three positive whole numbers such as 8,4,1.`);
}

function positive(text: string): number {
  const value = Number(text);
  if (value >= 0 && Number.isFinite(value) && text.trim() !== "") return value;
  throw new UsageError(`--tolerance has "${text}", expected a number of at least 0.`);
}
