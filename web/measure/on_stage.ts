import type { Stage } from "../../bench/kernel_run.ts";

/** Told what is being done with a variant. */
export type OnStage = (variant: string, stage: Stage) => void;
