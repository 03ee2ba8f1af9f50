import { useEffect, useRef, useState } from "preact/hooks";
import type { KernelRow, RefusedRow } from "../../../bench/kernel_row.ts";
import { editedName } from "../../../bench/tools/edited_case.ts";
import type { Listed } from "../../measure/catalogue.ts";
import { type Measurer, told } from "../../measure/measurer.ts";
import type { Shader } from "../../measure/shaders.ts";
import { Ladder } from "./ladder.tsx";

/** What an edit gave. */
interface Verdict {
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
  /** What the compiler said. */
  readonly problem?: string;
}

/** The shaders of a kernel's variant as texts that can be changed, judged and timed on Ctrl+Enter. */
export function Editor({ listed, measurer, seed, variant, shader: wanted, onChoose }: {
  readonly listed: Listed;
  readonly measurer: Measurer;
  readonly seed: number;
  readonly variant: string;
  /** Name of the shader, as the address has it. */
  readonly shader: string | undefined;
  onChoose(choice: { variant?: string; shader?: string }): void;
}) {
  const [shaders, setShaders] = useState<readonly Shader[]>([]);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [verdict, setVerdict] = useState<Verdict>();
  const [stage, setStage] = useState("");
  const [problem, setProblem] = useState("");
  const turn = useRef(0);
  const busy = stage !== "";

  useEffect(() => {
    const mine = ++turn.current;
    setShaders([]);
    setTexts({});
    setVerdict(undefined);
    setStage("");
    setProblem("");
    measurer.ask().shaders(listed.name, variant, listed.sizes).then(
      (found) => mine === turn.current && setShaders(found),
      (error: Error) => mine === turn.current && setProblem(error.message),
    );
    return () => void turn.current++;
  }, [listed.name, variant]);

  const titles = shaders.map(({ name }, k) =>
    shaders.findIndex((other) => other.name === name) === k ? name : `${name} (${k + 1})`
  );
  const at = Math.max(0, titles.indexOf(wanted ?? ""));
  const shader = shaders[at];
  if (problem) return <p class="bad-text" role="alert">{problem}</p>;
  if (!shader) return <p class="muted" role="status">Recording the step …</p>;
  const text = texts[titles[at]] ?? shader.text;
  const changed = text !== shader.text;

  const judge = async () => {
    if (busy) return;
    const mine = ++turn.current;
    const show = (change: () => void) => mine === turn.current && change();
    setVerdict(undefined);
    setStage("compiled …");
    const onStage = told((name, what) =>
      show(() =>
        setStage(`${name} ${what === "checking" ? "is compared with float64" : `is timed (${what})`} …`)
      )
    );
    try {
      const trial = { variant, sizes: listed.sizes, seed, shader, text };
      const result = await measurer.ask().edited(listed.name, trial, onStage);
      show(() => setVerdict(result));
    } catch (error) {
      show(() => setVerdict({ rows: [], refused: [], problem: (error as Error).message }));
    }
    show(() => setStage(""));
  };

  const lines = text.split("\n").length;
  const constants = Object.entries(shader.constants).map(([name, value]) => `${name} = ${value}`).join(", ");
  return (
    <div class="editor">
      <div class="row">
        <label>
          Variant{" "}
          <select
            value={variant}
            onChange={(event) => onChoose({ variant: event.currentTarget.value, shader: undefined })}
          >
            {listed.variants.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
        <label>
          Shader{" "}
          <select value={titles[at]} onChange={(event) => onChoose({ shader: event.currentTarget.value })}>
            {titles.map((title, k) => (
              <option key={title} value={title}>
                {shaders[k].dispatches > 1 ? `${title}, ${shaders[k].dispatches} dispatches` : title}
              </option>
            ))}
          </select>
        </label>
        <span class="muted">{constants}</span>
      </div>
      <div class="code">
        <pre
          class="lines"
          aria-hidden="true"
        >{Array.from({ length: lines }, (_, k) => k + 1).join("\n")}</pre>
        <textarea
          aria-label={`WGSL of ${titles[at]}; Control and Enter checks and times it`}
          spellcheck={false}
          autocomplete="off"
          wrap="off"
          rows={lines}
          value={text}
          onInput={(event) => setTexts({ ...texts, [titles[at]]: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            judge();
          }}
        />
      </div>
      <div class="row">
        <button type="button" disabled={busy} onClick={judge}>Check and time</button>
        <kbd>Ctrl</kbd> + <kbd>Enter</kbd>
        <button
          type="button"
          class="quiet"
          disabled={!changed || busy}
          onClick={() => setTexts({ ...texts, [titles[at]]: shader.text })}
        >
          As it was
        </button>
        <span class="muted" role="status">{stage}</span>
      </div>
      {verdict?.problem && <pre class="problem" role="alert">{verdict.problem}</pre>}
      {verdict && !verdict.problem && (
        <Ladder
          kernel={`${listed.name}, edited`}
          variants={[variant, editedName(variant)]}
          rows={verdict.rows}
          refused={verdict.refused}
          stages={{}}
          marks={{}}
        />
      )}
    </div>
  );
}
