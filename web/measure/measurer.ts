import { proxy, type Remote, wrap } from "comlink";
import { useEffect, useRef } from "preact/hooks";
import type { DeviceHandle } from "../device.ts";
import type { Measuring } from "./measure_worker.ts";
import type { OnStage } from "./on_stage.ts";

/** The measuring worker, begun when it is first asked for and ended with the panel or the adapter that it belongs to. */
export interface Measurer {
  ask(): Remote<Measuring>;
  /** Ends whatever is being measured. */
  stop(): void;
}

/** A worker for this panel and adapter. */
export function useMeasurer(gpu: DeviceHandle | null): Measurer {
  const worker = useRef<{ end(): void; measuring: Remote<Measuring> } | undefined>(undefined);
  const stop = () => {
    worker.current?.end();
    worker.current = undefined;
  };
  useEffect(() => stop, [gpu]);
  return {
    ask() {
      worker.current ??= begin();
      return worker.current.measuring;
    },
    stop,
  };
}

function begin() {
  // The bundler lays workers beside the page's own script.
  const worker = new Worker(new URL("./measure_worker.js", import.meta.url), { type: "module" });
  return { end: () => worker.terminate(), measuring: wrap<Measuring>(worker) };
}

/** A function of the page that the worker may call. */
export function told(onStage: OnStage): OnStage {
  return proxy(onStage);
}
