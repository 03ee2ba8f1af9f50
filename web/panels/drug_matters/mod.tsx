import { useRef, useState } from "preact/hooks";
import { durationText, number } from "../../../report/kit/numbers.ts";
import { download } from "../../download.ts";
import { theHouse } from "../../house/client.ts";
import { asFolder } from "../../house/dropped.ts";
import type { PlacedFile } from "../../house/house.ts";
import { Html } from "../../house/html.tsx";
import { addressOf } from "../../state.ts";
import type { Panel, PanelProps } from "../panel.ts";
import { RecordedTraining } from "./recorded.tsx";
import { SettingForm } from "./setting_form.tsx";
import { Stand } from "./stand.tsx";
import { begin, type Earlier, stop, useTraining } from "./training.ts";
import { commandOf, models, type OwnFolder, settingOf, wishOf } from "./wish.ts";

function View({ state }: PanelProps) {
  const [own, setOwn] = useState<OwnFolder>();
  const [problem, setProblem] = useState("");
  const { phase, chart, pace, notes, earlier } = useTraining();
  const figure = useRef<HTMLElement>(null);
  const { setting, wrong } = settingOf(state);
  const busy = phase.kind === "preparing" || phase.kind === "training" || phase.kind === "judging";
  const shown = setting.data === "own" ? own : undefined;
  const missing = setting.data === "own" && !own;

  const take = async (files: readonly PlacedFile[]) => {
    const placed = asFolder(files, "mine");
    try {
      await theHouse().place(placed.folder, placed.files);
      setProblem("");
    } catch (error) {
      return setProblem((error as Error).message);
    }
    setOwn({ folder: placed.folder, names: placed.files.map(({ path }) => path.split("/").at(-1)!) });
    state.set({ data: "own" });
  };

  return (
    <section class="drug-matters">
      <h1>Does the drug matter?</h1>
      <p class="lead">
        A model that predicts what a drug does to a cell has to pass what costs nothing: means, neighbours, a
        ridge. That line is drawn first. Then the model trains, here in this tab; then it trains again without
        seeing the molecule.
      </p>
      <SettingForm setting={setting} own={own} state={state} busy={busy} onFiles={take} />
      {wrong && <p class="notice mixed" role="alert">{wrong}</p>}
      {problem && <p class="notice bad" role="alert">{problem}</p>}
      <div class="row actions">
        {busy
          ? <button type="button" onClick={stop} disabled={phase.kind !== "training"}>Stop</button>
          : (
            <button
              type="button"
              disabled={missing}
              onClick={() => {
                const width = figure.current?.clientWidth ?? 640;
                begin(wishOf(setting, shown), Math.max(220, Math.min(width - 70, 860)));
              }}
            >
              {setting.removed ? "Train without the molecule" : "Train"}
            </button>
          )}
        <code class="command">{commandOf(setting, shown)}</code>
      </div>
      <Stand phase={phase} pace={pace} />
      <figure ref={figure} class="race-chart" aria-live="off">
        {chart && <Html source={chart} />}
      </figure>
      {phase.kind === "done" && <Result start={phase.start} trained={phase.trained} />}
      {phase.kind !== "done" && notes.length > 0 && (
        <ul class="notes">{notes.map((note) => <li key={note}>{note}</li>)}</ul>
      )}
      {earlier.length > 1 && <Visits earlier={earlier} />}
    </section>
  );
}

/** The house's own page of the run, its weights, and where to go with it. */
function Result({ start, trained: { run, page, weights } }: Earlier) {
  return (
    <>
      <Html source={page} label="The run's report" />
      <section class="weights">
        <h2>The trained model</h2>
        <dl class="setup">
          <dt>SHA-256 of its weights</dt>
          <dd>
            <code data-weights>{weights}</code>
          </dd>
          <dt>Run</dt>
          <dd>{start.title}, {run}</dd>
        </dl>
        <div class="row">
          <a class="button" href={addressOf({ panel: "molecule", values: { run } })}>
            Ask it about a molecule
          </a>
          <button
            type="button"
            class="quiet"
            onClick={async () => download(`${run.split("/").at(-1)}.zip`, await theHouse().pack(run))}
          >
            Save the run folder
          </button>
        </div>
      </section>
    </>
  );
}

/** Trainings of this visit beside each other: with and without the molecule. */
function Visits({ earlier }: { readonly earlier: readonly Earlier[] }) {
  return (
    <section>
      <h2>Trained in this visit</h2>
      <p>Scores of the test part, in the report's primary metric.</p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th class="text">model</th>
              <th>score</th>
              <th class="text">verdict</th>
              <th>took</th>
            </tr>
          </thead>
          <tbody>
            {earlier.map(({ start, trained: { report } }, at) => (
              <tr key={at}>
                <td class="text">
                  {models[start.config.model as keyof typeof models].title}
                  {start.config.control ? ", molecule removed" : ""}, seed {start.config.seed},{" "}
                  {report.split.name}
                </td>
                <td>{number(report.predictions[0].metrics[report.primary])}</td>
                <td class="text">{report.verdict.standing}</td>
                <td>{durationText(report.trainingSeconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Trains a model in the tab, beside the line of what costs nothing. */
export const panel: Panel = { id: "drug", title: "Does the drug matter?", View, Recorded: RecordedTraining };
