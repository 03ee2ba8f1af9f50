import { render } from "preact";
import { App } from "./app.tsx";
import { panels } from "./panels/registry.ts";

const root = document.getElementById("page")!;
root.replaceChildren();
render(<App />, root);

// All panels are fetched behind the first paint: later the page asks for nothing that a visitor has not started.
addEventListener("load", () => {
  for (const { load } of panels) load().catch(() => {}); // said when the panel is shown
});
