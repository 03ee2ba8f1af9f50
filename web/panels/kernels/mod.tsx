import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { KernelRow, RefusedRow } from "../../../bench/kernel_row.ts";
import type { Roofline } from "../../../bench/roofline/roofline.ts";
import type { DeviceHandle } from "../../device.ts";
import { browserMachine } from "../../measure/browser_machine.ts";
import type { Listed, Scale } from "../../measure/catalogue.ts";
import { told, useMeasurer } from "../../measure/measurer.ts";
import { Take } from "../../take.tsx";
import type { Panel, PanelProps } from "../panel.ts";
import { Editor } from "./editor.tsx";
import { Ladder } from "./ladder.tsx";
import { Plot, usePlot } from "./plot.tsx";
import { RecordedKernels } from "./recorded.tsx";

/** What was measured of a kernel. */
interface Found {
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
}

/** What was measured on an adapter at a scale: kept while the page is open, so that another panel loses nothing. */
interface Kept {
  readonly gpu: DeviceHandle | null;
  readonly scale: Scale;
  readonly found: Readonly<Record<string, Found>>;
  readonly roofline: Roofline | null;
}

let kept: Kept | undefined;

const seed = 1;

/** Every kernel of the suite with its ladder, and the roofline that they stand under. */
function Kernels({ gpu, state }: PanelProps) {
  const software = gpu?.device.adapterClass === "software";
  const asked = state.get("sizes");
  const scale: Scale = asked === "small" || asked === "whole" ? asked : software ? "small" : "whole";
  const measurer = useMeasurer(gpu);
  const [listed, setListed] = useState<readonly Listed[]>([]);
  const [measured, setMeasured] = useState<Kept>(() =>
    kept?.gpu === gpu && kept.scale === scale ? kept : { gpu, scale, found: {}, roofline: null }
  );
  const [doing, setDoing] = useState<{ name: string; stages: Record<string, string> }>();
  const [problem, setProblem] = useState("");
  const turn = useRef(0);

  useEffect(() => {
    if (!gpu) return;
    if (measured.gpu !== gpu || measured.scale !== scale) stop({ gpu, scale, found: {}, roofline: null });
    measurer.ask().catalogue(gpu.device.adapterClass, scale).then(setListed, () => {});
  }, [gpu, scale]);

  const keep = (next: Kept) => {
    kept = next;
    setMeasured(next);
  };
  const stop = (next?: Kept) => {
    turn.current++;
    measurer.stop();
    setDoing(undefined);
    if (next) keep(next);
  };
  useEffect(() => () => void turn.current++, []);

  const measure = async (chosen: readonly Listed[]) => {
    if (doing || !gpu) return;
    const mine = ++turn.current;
    let now = measured;
    setProblem("");
    try {
      setDoing({ name: "ceilings", stages: {} });
      const measuring = measurer.ask();
      const roofline = await measuring.roofline();
      for (const { name, variants, sizes } of chosen) {
        if (mine !== turn.current) return;
        const stages: Record<string, string> = {};
        setDoing({ name, stages });
        const onStage = told((variant, stage) => {
          stages[variant] = stage === "checking" ? "compared with float64 …" : `right; timed (${stage}) …`;
          if (mine === turn.current) setDoing({ name, stages: { ...stages } });
        });
        const found = await measuring.kernel({ name, variants, sizes, seed }, onStage);
        if (mine !== turn.current) return;
        now = { ...now, roofline, found: { ...now.found, [name]: found } };
        keep(now);
      }
    } catch (error) {
      measurer.stop(); // what failed once may have left something behind
      if (mine === turn.current) setProblem((error as Error).message);
    }
    if (mine === turn.current) setDoing(undefined);
  };

  const [rows, refused] = useMemo(() => {
    const all = listed.flatMap(({ name }) => measured.found[name] ?? []);
    return [all.flatMap((found) => found.rows), all.flatMap((found) => found.refused)];
  }, [listed, measured]);
  const { plot, marks } = usePlot(measurer, rows, measured.roofline);
  const open = state.get("open");
  const done = Object.keys(measured.found).length;
  return (
    <>
      <h1>Every kernel, under this adapter's roofline</h1>
      <p class="lead">
        Each has a ladder, from a naive twin to what the models run. A variant has a time only after its
        numbers agreed with float64, on fresh inputs and from poisoned memory. Open one to change its WGSL:
        Ctrl+Enter checks and times your version. A time with a question mark is not to be quoted: too few
        repeats, or the machine was busy.
      </p>
      <div class="row suite">
        <label>
          Sizes{" "}
          <select
            value={scale}
            disabled={doing !== undefined}
            onChange={(event) => state.set({ sizes: event.currentTarget.value })}
          >
            <option value="small">small, for a software driver</option>
            <option value="whole">as the models run them</option>
          </select>
        </label>
        {doing
          ? <button type="button" class="quiet" onClick={() => stop()}>Stop</button>
          : (
            <button type="button" disabled={!gpu || listed.length === 0} onClick={() => measure(listed)}>
              Measure all {listed.length || ""}
            </button>
          )}
        <span class="muted" role="status">
          {doing
            ? doing.name === "ceilings"
              ? "Measuring what this adapter can do at most …"
              : `${doing.name}, ${done} of ${listed.length} done …`
            : ""}
        </span>
      </div>
      {problem && <p class="notice bad" role="alert">{problem}</p>}
      {plot && measured.roofline && gpu && (
        <>
          <Plot plot={plot} roofline={measured.roofline} adapter={gpu.name} where="in this tab" />
          <Take
            name="kernels.json"
            measured={{
              rows,
              refused,
              roofline: measured.roofline,
              machine: browserMachine(gpu.device),
              seed,
            }}
            link={state.link()}
          />
        </>
      )}
      <div class="kernels">
        {listed.map((kernel) => {
          const found = measured.found[kernel.name];
          const isOpen = open === kernel.name;
          const active = doing?.name === kernel.name;
          return (
            <article key={kernel.name} class={`kernel ${active ? "active" : ""}`} aria-label={kernel.name}>
              <header>
                <div>
                  <h2>{kernel.name}</h2>
                  <p>
                    {kernel.summary}; {Object.entries(kernel.sizes).map(([name, size]) =>
                      `${size} ${name}`
                    ).join(", ")}
                  </p>
                </div>
                <div class="row">
                  <button
                    type="button"
                    class="quiet"
                    disabled={doing !== undefined}
                    onClick={() =>
                      measure([kernel])}
                    aria-label={`Measure ${kernel.name}`}
                  >
                    Measure
                  </button>
                  <button
                    type="button"
                    class="quiet"
                    aria-expanded={isOpen}
                    aria-label={`WGSL of ${kernel.name}`}
                    onClick={() =>
                      state.set({
                        open: isOpen ? undefined : kernel.name,
                        variant: undefined,
                        shader: undefined,
                      })}
                  >
                    WGSL
                  </button>
                </div>
              </header>
              {(found || active) && (
                <Ladder
                  kernel={kernel.name}
                  variants={kernel.variants}
                  rows={active ? [] : found?.rows ?? []}
                  refused={active ? [] : found?.refused ?? []}
                  stages={active ? doing!.stages : {}}
                  marks={marks[kernel.name] ?? {}}
                />
              )}
              {isOpen && gpu && (
                <Editor
                  key={`${kernel.name} ${scale}`}
                  listed={kernel}
                  measurer={measurer}
                  seed={seed}
                  variant={kernel.variants.find((name) => name === state.get("variant")) ??
                    kernel.variants[0]}
                  shader={state.get("shader")}
                  onChoose={(choice) =>
                    state.set(choice)}
                />
              )}
            </article>
          );
        })}
      </div>
    </>
  );
}

export const panel: Panel = { id: "kernels", title: "The kernels", View: Kernels, Recorded: RecordedKernels };
