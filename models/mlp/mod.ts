export { type MlpConfig, releasedMlp, releasedMlpLoss } from "./config.ts";
export { drugVectors } from "./drug_vectors.ts";
export { mlp, mlpFusion, type MlpInputs, type MlpOutput } from "./network.ts";
export { initialMlpValues, mlpSpecs } from "./parameter_specs.ts";
export { type MlpBatch, MlpTask, type MlpTaskOptions } from "./task.ts";
