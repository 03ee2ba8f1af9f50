import { useState } from "preact/hooks";
import { downloadMeasured, type Measured } from "./measured.ts";

/** How to take a measurement away: as a file, and as a link that repeats it. */
export function Take(
  { name, measured, link }: { readonly name: string; readonly measured: Measured; readonly link: string },
) {
  const [copied, setCopied] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setCopied("Copied."),
      () => setCopied("The browser did not allow it; the link is this page's address."),
    );
  return (
    <p class="row take">
      <button type="button" onClick={() => downloadMeasured(name, measured, link)}>Download JSON</button>
      <button type="button" class="quiet" onClick={copy}>Copy link</button>
      <span role="status">{copied}</span>
      <small>
        <code>perturbine bench report {name} --out page.html</code> draws it, <code>bench compare</code>{" "}
        sets it beside another.
      </small>
    </p>
  );
}
