import { Command } from "@commander-js/extra-typings";
import { measureRoofline } from "../../bench/roofline/roofline.ts";
import { profileTable, summariseTrace } from "../../bench/tools/profile_summary.ts";
import { profileAdvice, worstCalls } from "../../bench/tools/profile_advice.ts";
import { type ProfiledCall, profiledCalls } from "../../bench/tools/profile_calls.ts";
import { profileTree, profileTreeText } from "../../bench/tools/profile_tree.ts";
import { type VariantTimes, variantTimes } from "../../bench/tools/variant_times.ts";
import { traceEvents } from "../../bench/tools/timeline.ts";
import { TraceRecorder } from "../../bench/tools/trace_recorder.ts";
import { openViewer, showInBrowser } from "../../bench/tools/viewer/open_viewer.ts";
import { Engine } from "../../engine/mod.ts";
import { checkOutputFile } from "../../runs/output_file.ts";
import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import type { CommandContext } from "../context.ts";
import { tuningFile } from "../../host/tuning_cache.ts";
import { tunedAdapter, tuningFrom } from "../../runs/tuning.ts";
import { commandText } from "../command_text.ts";
import { runObserved, SeenEnough, standInCommand } from "../observed_command.ts";
import { wholeNumber } from "../flags/words.ts";

const help = `
The command after \`--\` runs until enough of its training steps are traced; its run folder is a temporary one unless it
names one with --out. It uses the table of \`perturbine tune\` as it does by itself (PERTURBINE_TUNING=off leaves that
out). Every kernel is timed in a pass of its own, which costs a little more than a plain step.

Examples:
  perturbine profile --view                                  the demo's steps, in the viewer
  perturbine profile --steps 20 --out step.json -- train csg2a --data data/skbr3
The trace is Chrome's format: speedscope, Perfetto and chrome://tracing open it.`;

/** `perturbine profile`: where the time of training steps goes, on the host and on the device. */
export function profileCommand(context: CommandContext) {
  return new Command("profile")
    .description("Trace training steps of a command: host, queue, kernels, uploads, read-backs")
    .argument("[command...]", "a training command, after `--` (default: the demo)")
    .option("--steps <n>", "training steps to trace", wholeNumber(1), 10)
    .option("--warmup <n>", "steps before them that are not traced", wholeNumber(0), 2)
    .option("--out <file>", "where to write the trace", "trace.json")
    .option("--top <n>", "rows of each list", wholeNumber(1), 12)
    .option("--no-roofline", "do not measure the adapter's ceilings")
    .option("--view", "open the trace in a viewer served on this machine (speedscope, fetched from npm once)")
    .option("--json", "print the summary as JSON")
    .addHelpText("after", help)
    .action(async (words, flags) => {
      await checkOutputFile(flags.out);
      const command = words.length > 0 ? words : standInCommand;
      const recorder = new TraceRecorder({
        ...flags,
        enough: () => {
          throw new SeenEnough();
        },
      });
      await runObserved(command, context, recorder);
      const trace = await recorder.finish();
      const source = commandText(command);
      if (trace.replays.length === 0) {
        throw new UserError(`\`${source}\` ran no more than ${flags.warmup} training steps; lower --warmup.`);
      }
      const roofline = flags.roofline && trace.replays.some(({ device }) => device)
        ? await measureRoofline(navigator.gpu)
        : undefined;
      const summary = summariseTrace(trace, roofline);
      const calls = profiledCalls(trace, roofline);
      const tree = profileTree(calls);
      const variants = await variantsOf(calls);
      const events = traceEvents(trace, source);
      await writeFileAtomic(flags.out, JSON.stringify({ displayTimeUnit: "ms", traceEvents: events }));
      if (flags.json) {
        console.log(
          JSON.stringify(
            {
              source,
              trace: flags.out,
              roofline,
              ...summary,
              tree,
              calls,
              advice: adviceOf(calls, variants),
            },
            null,
            2,
          ),
        );
      } else {
        const parts = [
          `${source}\n${profileTable(summary, flags.top)}`,
          tree.length > 0 ? `By layer:\n${profileTreeText(tree, flags.top)}` : "",
          `Trace: ${flags.out}`,
          profileAdvice(calls, source, variants),
        ];
        console.log(parts.filter(Boolean).join("\n\n"));
      }
      if (flags.view) await view(flags.out);
    });
}

/** Times of the variants of the worst calls, where there are any. */
async function variantsOf(calls: readonly ProfiledCall[]): Promise<Map<ProfiledCall, VariantTimes>> {
  const worst = worstCalls(calls);
  const found = new Map<ProfiledCall, VariantTimes>();
  if (worst.length === 0) return found;
  const table = await tuningFrom(tuningFile(await tunedAdapter()));
  const engine = await Engine.open(navigator.gpu);
  try {
    for (const call of worst) {
      // Calls of one shape share a race.
      const same = [...found].find(([known]) => known.kernel === call.kernel && known.sizes === call.sizes);
      const times = same?.[1] ?? await variantTimes(engine, call, table);
      if (times) found.set(call, times);
    }
  } finally {
    engine.dispose();
  }
  return found;
}

/** The last section as data. */
function adviceOf(calls: readonly ProfiledCall[], variants: ReadonlyMap<ProfiledCall, VariantTimes>) {
  return worstCalls(calls).map((call) => ({ ...call, variants: variants.get(call) ?? null }));
}

async function view(trace: string): Promise<void> {
  const viewer = await openViewer(trace).catch((error) => {
    throw new UserError(`${trace} is written, but ${error.message}`);
  });
  const shown = await showInBrowser(viewer.url);
  console.error(`${shown ? "Viewer" : "Open this in a browser"}: ${viewer.url}   (Ctrl-C ends it)`);
  const stop = () => viewer.stop();
  Deno.addSignalListener("SIGINT", stop);
  await viewer.ended;
  Deno.removeSignalListener("SIGINT", stop);
}
