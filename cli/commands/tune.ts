import { Command } from "@commander-js/extra-typings";
import { askedByModels } from "../../bench/models/asked_by_models.ts";
import { modelCases } from "../../bench/models/mod.ts";
import { AskedChoices } from "../../bench/tools/asked_choices.ts";
import { tuneShape } from "../../bench/tools/tune_shapes.ts";
import { tuningText } from "../../bench/tools/tuning_text.ts";
import { UserError } from "../../datasets/user_error.ts";
import { tunedWorks } from "../../bench/tools/tuned/mod.ts";
import { Engine, type TuningEntry, type TuningTable } from "../../engine/mod.ts";
import { mergeTuning, tuningFile, writeTuning } from "../../host/tuning_cache.ts";
import type { CommandContext } from "../context.ts";
import { runObserved, SeenEnough } from "../observed_command.ts";
import { tunedAdapter, tuningFrom } from "../../runs/tuning.ts";
import { UsageError } from "../usage_error.ts";
import { openedMachine } from "./bench/document.ts";
import { wholeNumber } from "../flags/words.ts";

const help = `
Takes the shapes of every model of \`bench models\` (released sizes on a GPU, reduced ones with a software driver), or of
the training command after \`--\`; measures every candidate of every choice on this adapter (some minutes with a software
driver) against the rule that holds without tuning, and keeps what is right within 2e-5 of float64 and at least 5 % faster.
The table lies in the user's cache folder, for this adapter, driver and WebGPU implementation alone. Runs begun from then
on, of every model, use it and keep a copy in their folder (tuning.json), which resume, evaluate, predict, rank, screen and
explain go by (where it is for another adapter they go by the rules); PERTURBINE_TUNING=off leaves it out of new runs.
\`profile\` and \`bench reproduce\` go by the table as the commands that they run do; \`bench kernels\` goes by the rules, and
so does \`bench models\` without --tuned. Results stay within rounding, but bits differ between tables.

Tuned: matmul.variant (step of the ladder), csg2a.geneChunk (genes a thread adds up), dotAttention.form (weights stored or
streamed), additiveAttention.tiling (registers or workgroup memory).

Examples:
  perturbine tune
  perturbine tune -- train badger --data data/badger --split cell_id
  perturbine tune --show
  perturbine tune --export h100.json      and on a machine like it: perturbine tune --import h100.json`;

/** `perturbine tune`: chooses kernels by measurement. */
export function tuneCommand(context: CommandContext) {
  return new Command("tune")
    .description("Choose kernel variants for the shapes of the models by measurement on this adapter")
    .argument("[command...]", "a training command, after `--` (default: every model)")
    .option("--rounds <n>", "rounds in which candidates take turns", wholeNumber(1), 15)
    .option("--seed <n>", "seed of the inputs (default: a new one)", wholeNumber(0))
    .option("--show", "print the table of this adapter, measure nothing")
    .option("--clear", "remove the table of this adapter")
    .option("--export <file>", "write the table of this adapter to a file")
    .option("--import <file>", "take over a table made on the same kind of adapter with the same driver")
    .option("--json", "print the table as JSON")
    .addHelpText("after", help)
    .action(async (words, { show, clear, export: target, import: source, ...flags }) => {
      const acts = [show, clear, target, source].filter(Boolean).length;
      if (acts > 1) {
        throw new UsageError("--show, --clear, --export and --import exclude each other; give one.");
      }
      if (acts > 0 && words.length > 0) throw new UsageError("Nothing is tuned here; leave the command out.");
      const adapter = await tunedAdapter();
      const path = tuningFile(adapter);
      if (clear) {
        await Deno.remove(path).catch((error) => {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        });
        return console.log(`No table is kept for ${adapter} now.`);
      }
      if (source !== undefined) {
        const table = await tuningFrom(source);
        if (!table) throw new UserError(`${source}: there is no such file; check the path.`);
        if (table.adapter !== adapter) {
          throw new UserError(
            `${source} was made on ${table.adapter}, this is ${adapter}; tune here instead.`,
          );
        }
        refuseUnknown(source, table);
        await writeTuning(path, table);
      }
      const kept = await tuningFrom(path);
      if (show || target !== undefined || source !== undefined) {
        if (!kept) {
          throw new UserError(`Nothing has been tuned for ${adapter}; run \`perturbine tune\` first.`);
        }
        if (target !== undefined) await writeTuning(target, kept);
        return console.log(flags.json ? JSON.stringify(kept, null, 1) : tuningText(kept));
      }
      const { tasks } = words.length > 0 ? await askedByCommand(words, context) : await askedByEveryModel();
      if (tasks.length === 0) {
        throw new UserError(
          "Nothing that can be tuned runs in these trainings; choose a network (csg2a, badger, ...).",
        );
      }
      const seed = flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
      const entries: TuningEntry[] = [];
      const engine = await Engine.open(navigator.gpu);
      try {
        for (const [k, task] of tasks.entries()) {
          if (!flags.json) console.error(`${k + 1}/${tasks.length} ${task.work.tunable.name} ${task.shape}`);
          entries.push(await tuneShape(engine, task, { seed, rounds: flags.rounds, tolerance: 2e-5 }));
        }
      } finally {
        engine.dispose();
      }
      const table = mergeTuning(kept, adapter, entries);
      await writeTuning(path, table);
      console.log(
        flags.json ? JSON.stringify(table, null, 1) : `${tuningText({ ...table, entries })}\nKept: ${path}`,
      );
    });
}

/** @throws {UserError} when a table names a choice, or a candidate of one, that this version has not. */
function refuseUnknown(source: string, { entries }: TuningTable): void {
  for (const { tunable, shape, choice } of entries) {
    const known = tunedWorks.find((work) => work.tunable.name === tunable)?.tunable;
    if (!known) {
      const names = tunedWorks.map((work) => work.tunable.name).join(", ");
      throw new UserError(`${source} tunes "${tunable}", expected one of ${names}; tune here instead.`);
    }
    const candidates: readonly (string | number)[] = known.candidates;
    if (candidates.includes(choice)) continue;
    throw new UserError(
      `${source} chooses "${choice}" for ${tunable} ${shape}, expected one of ${
        candidates.join(", ")
      }; tune here instead.`,
    );
  }
}

async function askedByEveryModel(): Promise<AskedChoices> {
  const { adapterClass } = await openedMachine();
  return await askedByModels(navigator.gpu, modelCases, adapterClass === "gpu" ? "released" : "reduced");
}

/** What a training command asks until its first step is recorded. */
async function askedByCommand(words: readonly string[], context: CommandContext): Promise<AskedChoices> {
  const asked = new AskedChoices();
  await runObserved(words, context, {
    attach: ({ device }) => void (device.tuning = asked),
    beforeReplay({ dispatches }) {
      if (dispatches.some(({ phase }) => phase === "update")) throw new SeenEnough();
    },
  });
  return asked;
}
