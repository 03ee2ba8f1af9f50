import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../../download.ts";
import { theHouse } from "../../house/client.ts";
import { asFolder } from "../../house/dropped.ts";
import { DropZone } from "../../house/drop_zone.tsx";
import type { OpenedRun, PlacedFile } from "../../house/house.ts";
import { Html } from "../../house/html.tsx";
import { addressOf } from "../../state.ts";
import type { Panel, PanelProps } from "../panel.ts";
import { RecordedAnswer } from "./recorded.tsx";
import { Sketch } from "./sketch.tsx";

/** What a run said of a molecule. */
interface Answer {
  readonly ranking: string;
  readonly nearest?: string;
  readonly explanation?: string;
  /** Why there is none. */
  readonly why?: string;
}

type Asking =
  | { readonly kind: "idle" }
  | { readonly kind: "asking" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "answered"; readonly answer: Answer };

const aspirin = "CC(=O)Oc1ccccc1C(=O)O";

function View({ state }: PanelProps) {
  const [runs, setRuns] = useState<readonly string[]>([]);
  const { opened, needs, why, again } = useRun(state.get("run"));
  const [asking, setAsking] = useState<Asking>({ kind: "idle" });
  const smiles = state.get("smiles") ?? "";
  const cell = opened?.cells.includes(state.get("cell") ?? "") ? state.get("cell")! : opened?.cells[0];
  const last = useRef(0);

  useEffect(() => {
    theHouse().runs().then((found) => {
      setRuns(found);
      if (!state.get("run") && found.length > 0) state.set({ run: found.at(-1) });
    });
  }, []);

  /** What was asked no longer counts. */
  const forget = () => {
    last.current++;
    setAsking({ kind: "idle" });
  };
  const laid = (folder: string, files: readonly PlacedFile[]) =>
    theHouse().place(folder, files).then(() => true, (error: Error) => {
      setAsking({ kind: "refused", why: error.message });
      return false;
    });
  const takeRun = async (files: readonly PlacedFile[]) => {
    const placed = asFolder(files, "run");
    forget();
    if (!await laid(placed.folder, placed.files)) return;
    setRuns(await theHouse().runs());
    state.set({ run: placed.folder });
    again();
  };
  const takeData = async (files: readonly PlacedFile[]) => {
    const { folder, files: placed } = asFolder(files, "data");
    await laid(needs!, placed.map(({ path, blob }) => ({ path: needs + path.slice(folder.length), blob })));
    again();
  };
  const question = async () => {
    const number = ++last.current;
    setAsking({ kind: "asking" });
    const tell = (next: Asking) => number === last.current && setAsking(next);
    try {
      // One after the other, each shown when it is there.
      for await (const answer of answersOf(opened!.run, smiles, cell!)) tell({ kind: "answered", answer });
    } catch (error) {
      tell({ kind: "refused", why: (error as Error).message });
    }
  };

  return (
    <section class="molecule-panel">
      <h1>A molecule</h1>
      <p class="lead">
        What would this molecule do to the genes of a cell? A model that was trained here, or a run folder
        from the command line, answers: genes up and down, its nearest relatives in training, and what the
        model looked at.
      </p>
      <form
        class="settings"
        onSubmit={(event) => {
          event.preventDefault();
          if (opened && smiles) question();
        }}
      >
        <div class="ask">
          <div class="fields">
            <label class="wide">
              SMILES, or a drug of the run
              <input
                type="text"
                list="drugs-of-run"
                spellcheck={false}
                autocomplete="off"
                placeholder={aspirin}
                value={smiles}
                onInput={({ currentTarget }) => {
                  state.set({ smiles: currentTarget.value || undefined });
                  forget();
                }}
              />
            </label>
            <datalist id="drugs-of-run">
              {opened?.drugs.map(({ name }) => <option key={name} value={name} />)}
            </datalist>
            <label>
              run
              <select
                value={state.get("run") ?? ""}
                onChange={({ currentTarget }) => {
                  state.set({ run: currentTarget.value, cell: undefined });
                  forget();
                }}
              >
                {runs.length === 0 && <option value="">none yet</option>}
                {runs.map((run) => <option key={run} value={run}>{run.slice(1)}</option>)}
              </select>
            </label>
            <label>
              cell line
              <select
                value={cell ?? ""}
                disabled={!opened}
                onChange={({ currentTarget }) => state.set({ cell: currentTarget.value })}
              >
                {opened?.cells.map((name) => <option key={name} value={name}>{name}</option>)}
              </select>
            </label>
            <button type="submit" disabled={!opened || smiles === "" || asking.kind === "asking"}>
              {asking.kind === "asking" ? "Asking …" : "Ask the model"}
            </button>
          </div>
          <Sketch smiles={structureOf(smiles, opened)} />
        </div>
        <DropZone label="Choose a run folder" onFiles={takeRun}>
          {opened
            ? (
              <>
                <strong>{opened.run.slice(1)}</strong>: {opened.title}, {opened.drugs.length} drugs,{" "}
                {opened.cells.length} cell lines. Its weights have the SHA-256{" "}
                <code data-weights>{opened.weights}</code>. Drop another run folder here to ask that.
              </>
            )
            : (
              <>
                Drop a run folder of <code>perturbine train</code> here, or{" "}
                <a href={addressOf({ panel: "drug", values: {} })}>train a model in this tab</a>. It stays on
                this machine.
              </>
            )}
        </DropZone>
        {needs !== undefined && (
          <DropZone label="Choose its data folder" onFiles={takeData}>
            This run was trained on{" "}
            <code>{needs}</code>, which is not here. Drop that folder too: drugs and means are looked up in
            it.
          </DropZone>
        )}
      </form>
      {why && <p class="notice bad" role="alert">{why}</p>}
      {asking.kind === "refused" && <p class="notice bad" role="alert">{asking.why}</p>}
      {asking.kind === "asking" && <p class="stand" role="status">The model is opened and asked …</p>}
      {asking.kind === "answered" && <Said answer={asking.answer} />}
    </section>
  );
}

function Said({ answer: { ranking, nearest, explanation, why } }: { readonly answer: Answer }) {
  return (
    <>
      <Html source={ranking} label="Genes up and down" />
      {nearest && <Html source={nearest} label="Nearest drugs in training" />}
      {explanation && <Html source={explanation} label="What the model looked at" />}
      {why && <p class="notice mixed">{why}</p>}
      {(explanation || why) && (
        <div class="row actions">
          <button
            type="button"
            class="quiet"
            onClick={async () => download("answer.zip", await theHouse().pack("/answer"))}
          >
            Save the answer's tables
          </button>
        </div>
      )}
    </>
  );
}

async function* answersOf(run: string, smiles: string, cell: string): AsyncGenerator<Answer> {
  const house = theHouse();
  const ranked = { ranking: await house.rank(run, smiles, cell) };
  yield ranked;
  const related = { ...ranked, nearest: await house.nearest(run, smiles) };
  yield related;
  try {
    yield { ...related, explanation: await house.explain(run, smiles, cell) };
  } catch (error) {
    yield { ...related, why: (error as Error).message };
  }
}

/** The run that the address names, opened; what it lacks. */
function useRun(run: string | undefined) {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<
    { readonly run?: string; readonly opened?: OpenedRun; readonly needs?: string; readonly why?: string }
  >({});
  useEffect(() => {
    let current = true;
    const open = async () => {
      if (run === undefined) return {};
      try {
        const needs = await theHouse().missingData(run);
        return needs === undefined ? { run, opened: await theHouse().openRun(run) } : { run, needs };
      } catch (error) {
        return { run, why: (error as Error).message };
      }
    };
    open().then((next) => current && setFound(next));
    return () => {
      current = false;
    };
  }, [run, attempt]);
  return { ...(found.run === run ? found : {}), again: () => setAttempt((count) => count + 1) };
}

/** A drug's structure by its name, or the text itself. */
function structureOf(text: string, opened: OpenedRun | undefined): string {
  const named = opened?.drugs.find(({ name }) => name.toLowerCase() === text.trim().toLowerCase());
  return named?.smiles ?? text.trim();
}

/** Asks a trained run about a molecule. */
export const panel: Panel = { id: "molecule", title: "A molecule", View, Recorded: RecordedAnswer };
