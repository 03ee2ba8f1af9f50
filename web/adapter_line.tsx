import type { DeviceStatus } from "./device.ts";

/** The adapter's name and class in the page's head. */
export function AdapterLine({ status }: { readonly status: DeviceStatus }) {
  const [tone, text] = lineOf(status);
  return (
    <p class={`adapter ${tone}`} role="status">
      <i aria-hidden="true" />
      {text}
    </p>
  );
}

function lineOf(status: DeviceStatus): readonly [tone: string, text: string] {
  switch (status.kind) {
    case "opening":
      return ["", "opening the adapter …"];
    case "absent":
      return ["bad", "no WebGPU"];
    case "lost":
      return ["bad", "device lost"];
    case "open": {
      const { name, device } = status.handle;
      return device.adapterClass === "software" ? ["mixed", `${name}, a software driver`] : ["good", name];
    }
  }
}

/** What a visitor has to know of the adapter before the panel: that there is none, or that it has gone. */
export function AdapterNotice(
  { status, reopen, recorded }: {
    readonly status: DeviceStatus;
    readonly reopen: () => void;
    /** Whether the panel below shows a recorded run in the place of its own. */
    readonly recorded: boolean;
  },
) {
  if (status.kind === "absent") {
    return (
      <div class="notice mixed" role="alert">
        <p>
          <strong>{status.why}</strong>{" "}
          {recorded && "Below is a run recorded on another machine instead; nothing is measured here. "}
          A current Chrome, Edge, Firefox or Safari with a GPU runs it.
        </p>
      </div>
    );
  }
  if (status.kind === "lost") {
    return (
      <div class="notice bad" role="alert">
        <p>
          <strong>{status.why}</strong>
        </p>
        <button type="button" onClick={reopen}>Open it anew</button>
      </div>
    );
  }
  return null;
}
