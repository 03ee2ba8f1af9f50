import type { Panel, PanelProps } from "../panel.ts";

/** Every kernel of the suite. */
function Kernels({ gpu }: PanelProps) {
  return (
    <>
      <h1>Every kernel, under this adapter's roofline</h1>
      <p class="lead">{gpu ? gpu.name : "opening the adapter …"}</p>
    </>
  );
}

export const panel: Panel = { id: "kernels", title: "The kernels", View: Kernels };
