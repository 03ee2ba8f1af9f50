import { useEffect, useRef, useState } from "preact/hooks";
import { AdapterLine, AdapterNotice } from "./adapter_line.tsx";
import { useDevice } from "./device.ts";
import type { Panel } from "./panels/panel.ts";
import { panels } from "./panels/registry.ts";
import { addressOfPanel, panelState, useAddress } from "./state.ts";

/** The page: its head, the panels' names, and the panel that the address names. */
export function App() {
  const address = useAddress();
  const { status, reopen } = useDevice();
  const entry = panels.find(({ id }) => id === address.panel) ?? panels[0];
  const loaded = usePanel(entry.id);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${entry.title} · Perturbine`;
  }, [entry]);
  const state = panelState(entry.id, entry.id === address.panel ? address.values : {});
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        To the panel
      </a>
      <header class="top">
        <div class="brand">
          <Mark />
          <p>
            <strong>Perturbine</strong>
            <span>drug-perturbation models on your own GPU, in this tab</span>
          </p>
        </div>
        <AdapterLine status={status} />
      </header>
      <nav class="tabs" aria-label="Panels">
        {panels.map(({ id, title }) => (
          <a key={id} href={addressOfPanel(id)} aria-current={id === entry.id ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <main ref={main} tabIndex={-1} id="main">
        <AdapterNotice status={status} reopen={reopen} recorded={loaded.panel?.Recorded !== undefined} />
        {loaded.problem && <p class="notice bad" role="alert">{loaded.problem}</p>}
        {loaded.panel
          ? status.kind === "absent"
            ? loaded.panel.Recorded
              ? <loaded.panel.Recorded />
              : <p class="notice mixed">{entry.title} needs WebGPU; no run of it is recorded here.</p>
            : <loaded.panel.View gpu={status.kind === "open" ? status.handle : null} state={state} />
          : !loaded.problem && <p class="loading" role="status">Loading …</p>}
      </main>
      <footer class="bottom">
        <p>
          <strong>Your data do not leave this machine.</strong>{" "}
          The page is loaded from its own folder alone and talks to no other host.
        </p>
      </footer>
    </>
  );
}

/** A panel's code, loaded when it is first shown. */
function usePanel(id: string): { panel?: Panel; problem?: string } {
  const [loaded, setLoaded] = useState<{ id: string; panel?: Panel; problem?: string }>({ id });
  useEffect(() => {
    let current = true;
    const found = panels.find((entry) => entry.id === id)!;
    found.load().then(
      ({ panel }) => current && setLoaded({ id, panel }),
      (error: Error) =>
        current && setLoaded({
          id,
          problem: `${found.title} could not be loaded (${error.message}); load the page again.`,
        }),
    );
    return () => {
      current = false;
    };
  }, [id]);
  return loaded.id === id ? loaded : {};
}

/** Four blades. */
function Mark() {
  const blade = "M16 16c0-7 4-11 10-11-1 6-4 10-10 11z";
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      {[0, 90, 180, 270].map((angle) => <path key={angle} d={blade} transform={`rotate(${angle} 16 16)`} />)}
    </svg>
  );
}
