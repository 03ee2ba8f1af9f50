export { type CigerConfig, cigerFingerprint, cigerMeta, releasedCiger, releasedCigerLoss } from "./config.ts";
export { ciger, type CigerInputs, type CigerOutput, type CigerPass, geneLayer } from "./network.ts";
export { cigerSpecs, type CigerStart, initialCigerValues } from "./parameter_specs.ts";
export { CigerTask, type CigerTaskOptions } from "./task.ts";
