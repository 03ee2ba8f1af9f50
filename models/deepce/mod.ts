export {
  type DeepceConfig,
  deepceFingerprint,
  deepceMeta,
  releasedDeepce,
  releasedDeepceLoss,
} from "./config.ts";
export { deepce, type DeepceInputs, type DeepceOutput, drugGeneLayer } from "./network.ts";
export { deepceSpecs, initialDeepceValues } from "./parameter_specs.ts";
export { DeepceTask, type DeepceTaskOptions } from "./task.ts";
