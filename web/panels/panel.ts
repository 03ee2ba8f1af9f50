import type { ComponentType } from "preact";
import type { DeviceHandle } from "../device.ts";
import type { PanelState } from "../state.ts";

/** What the shell hands to a panel. */
export interface PanelProps {
  /** Null while the adapter is being opened, and after it was lost. */
  readonly gpu: DeviceHandle | null;
  /** This panel's part of the address. */
  readonly state: PanelState;
}

/** A panel of the page: a folder here whose `mod.tsx` exports it as `panel`, and a line in registry.ts. */
export interface Panel {
  /** Its name in the address. */
  readonly id: string;
  /** Its name in the navigation. */
  readonly title: string;
  readonly View: ComponentType<PanelProps>;
  /** Shown instead where there is no WebGPU: a run recorded elsewhere. Without it the panel says that it needs WebGPU. */
  readonly Recorded?: ComponentType;
}
