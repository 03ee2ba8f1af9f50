import { useCallback, useEffect, useState } from "preact/hooks";
import { Device } from "../engine/device.ts";

/** The adapter that all panels share: opened once. */
export interface DeviceHandle {
  /** For `Engine.open` and whatever else takes a WebGPU implementation. */
  readonly gpu: GPU;
  /** A device that only stands by: its limits, class and driver are the adapter's, and its loss is everybody's. */
  readonly device: Device;
  /** What the adapter calls itself. */
  readonly name: string;
}

/** Where the page stands with its adapter. */
export type DeviceStatus =
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly handle: DeviceHandle }
  /** No WebGPU here: `why` is one sentence. */
  | { readonly kind: "absent"; readonly why: string }
  /** It was there and has gone: `why` is one sentence. */
  | { readonly kind: "lost"; readonly why: string };

/** Opens the adapter. */
async function open(): Promise<DeviceStatus> {
  const gpu = (navigator as { gpu?: GPU }).gpu;
  if (!gpu) {
    return {
      kind: "absent",
      why: isSecureContext
        ? "This browser has no WebGPU."
        : "Browsers offer WebGPU to pages from https:// or localhost only; this one came from neither.",
    };
  }
  try {
    if (!await gpu.requestAdapter({ powerPreference: "high-performance" })) {
      return { kind: "absent", why: "This browser has WebGPU but offers no adapter on this machine." };
    }
    const device = await Device.open(gpu);
    return { kind: "open", handle: { gpu, device, name: device.description } };
  } catch (error) {
    return { kind: "absent", why: `No device could be opened: ${(error as Error).message}` };
  }
}

/** The adapter's status, and a function that opens it anew after a loss. */
export function useDevice(): { status: DeviceStatus; reopen: () => void } {
  const [status, setStatus] = useState<DeviceStatus>({ kind: "opening" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true, opened: Device | undefined;
    setStatus({ kind: "opening" });
    open().then((next) => {
      if (next.kind === "open") {
        opened = next.handle.device;
        if (!current) return opened.close();
        opened.handle.lost.then(({ message }) => {
          if (current) setStatus({ kind: "lost", why: lossText(message) });
        });
      }
      if (current) setStatus(next);
    });
    return () => {
      current = false;
      opened?.close();
    };
  }, [attempt]);
  const reopen = useCallback(() => setAttempt((count) => count + 1), []);
  return { status, reopen };
}

function lossText(message: string): string {
  const reason = message.trim().replace(/\.$/, "");
  return `The GPU device was lost${reason ? ` (${reason})` : ""}: what was running on it has stopped.`;
}
