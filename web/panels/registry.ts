import type { Panel } from "./panel.ts";

/** A panel before its code is loaded. */
export interface PanelEntry extends Pick<Panel, "id" | "title"> {
  load(): Promise<{ readonly panel: Panel }>;
}

/** The panels in the order of the navigation; the first is shown where the address names none. */
export const panels: readonly PanelEntry[] = [
  { id: "race", title: "The race", load: () => import("./race/mod.tsx") },
  { id: "kernels", title: "The kernels", load: () => import("./kernels/mod.tsx") },
  { id: "drug", title: "Does the drug matter?", load: () => import("./drug_matters/mod.tsx") },
  { id: "molecule", title: "A molecule", load: () => import("./molecule/mod.tsx") },
];
