import { useEffect, useRef, useState } from "preact/hooks";
import type { Stage } from "../../../bench/kernel_run.ts";
import { countText } from "../../../report/kit/numbers.ts";
import { browserMachine } from "../../measure/browser_machine.ts";
import { told, useMeasurer } from "../../measure/measurer.ts";
import type { Measured } from "../../measured.ts";
import type { RaceSetting } from "../../measure/race_block.ts";
import type { Panel, PanelProps } from "../panel.ts";
import { ResultCard } from "./card.tsx";
import { Controls } from "./controls.tsx";
import { Lane } from "./lane.tsx";
import { leftOut, runner } from "./outcome.ts";
import { RecordedRace } from "./recorded.tsx";
import { settingOf } from "./setting.ts";

/** Where a race stands. */
type Progress =
  | { readonly kind: "ready" }
  | { readonly kind: "ceilings" }
  | { readonly kind: "running"; readonly stages: Readonly<Record<string, Stage>> }
  | { readonly kind: "done"; readonly outcome: Measured; readonly link: string }
  | { readonly kind: "failed"; readonly why: string };

/** The block in closed form and with its scores stored, side by side. */
function Race({ gpu, state }: PanelProps) {
  const { setting, wrong } = settingOf(state);
  const measurer = useMeasurer(gpu);
  const [progress, setProgress] = useState<Progress>({ kind: "ready" });
  const running = progress.kind === "ceilings" || progress.kind === "running";
  const asked = useRef(0);
  const link = linkOf(setting);

  function linkOf({ anyway, ...values }: RaceSetting): string {
    return state.link({ ...values, ...(anyway ? { anyway: 1 } : {}) });
  }

  // What was measured belongs to its setting and adapter: another one begins anew.
  useEffect(() => {
    asked.current++;
    measurer.stop();
    setProgress({ kind: "ready" });
  }, [link, gpu]);

  const start = async (anyway = setting.anyway) => {
    if (!gpu || running) return;
    const turn = ++asked.current;
    const show = (next: Progress) => turn === asked.current && setProgress(next);
    try {
      show({ kind: "ceilings" });
      const measuring = measurer.ask();
      const roofline = await measuring.roofline();
      const stages: Record<string, Stage> = {};
      show({ kind: "running", stages });
      const onStage = told((variant, stage) => {
        stages[variant] = stage;
        show({ kind: "running", stages: { ...stages } });
      });
      const result = await measuring.race({ ...setting, anyway }, onStage);
      const outcome = { ...result, roofline, machine: browserMachine(gpu.device), seed: setting.seed };
      show({ kind: "done", outcome, link: linkOf({ ...setting, anyway }) });
    } catch (error) {
      measurer.stop(); // what failed once may have left something behind
      show({ kind: "failed", why: (error as Error).message });
    }
  };

  const outcome = progress.kind === "done" ? progress.outcome : undefined;
  const [closed, other] = [true, false].map((form) => outcome && runner(outcome, form));
  const longest = Math.max(closed?.row?.ms_median ?? 0, other?.row?.ms_median ?? 0);
  const stageOf = (variant: string) =>
    progress.kind === "running" ? progress.stages[variant] ?? "waiting" : running ? "waiting" : undefined;
  return (
    <>
      <h1>One attention block, computed in two ways</h1>
      <p class="lead">
        In CSG2A every gene looks at every other: a matrix of genes × genes for each sample. Attention that is
        used without a softmax is low-rank, so the matrix need not exist; two thin products give the same
        numbers. Choose a size and race them: both are compared with float64 before a time is shown.
      </p>
      {wrong && <p class="notice mixed" role="alert">{wrong}</p>}
      <Controls
        setting={setting}
        disabled={!gpu}
        running={running}
        onChange={(changes) => state.set({ ...changes, anyway: undefined })}
        onStart={() => start()}
        onStop={() => {
          asked.current++;
          measurer.stop();
          setProgress({ kind: "ready" });
        }}
      />
      <p class="progress" role="status">
        {progress.kind === "ceilings" && "Measuring what this adapter can do at most …"}
        {progress.kind === "running" && `Racing at ${countText(setting.genes)} genes …`}
        {progress.kind === "failed" && `The race ended without a result: ${progress.why}`}
      </p>
      <div class="lanes">
        <Lane
          closed={false}
          genes={setting.genes}
          stage={stageOf(setting.materialised)}
          runner={other}
          longest={longest}
        >
          {other && leftOut(other) && /would take about/.test(other.refused!.reason) && (
            <button
              type="button"
              class="quiet"
              onClick={() => start(true)}
            >
              Run it all the same
            </button>
          )}
        </Lane>
        <Lane closed genes={setting.genes} stage={stageOf("closed")} runner={closed} longest={longest} />
      </div>
      {progress.kind === "done" && <ResultCard outcome={progress.outcome} link={progress.link} />}
    </>
  );
}

export const panel: Panel = { id: "race", title: "The race", View: Race, Recorded: RecordedRace };
