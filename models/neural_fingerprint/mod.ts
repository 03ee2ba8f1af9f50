export type { FingerprintConfig } from "./config.ts";
export { blankGraph, drugGraphs } from "./drug_graphs.ts";
export { type GraphBatch, type GraphModel, GraphTask, type GraphTaskOptions } from "./graph_task.ts";
export { type GraphTensors, graphTensors } from "./graph_tensors.ts";
export { neuralFingerprint } from "./network.ts";
export { type GraphCapacity, graphCapacity, type PackedGraphs, packGraphs } from "./packed_graphs.ts";
export { fingerprintSpecs } from "./parameter_specs.ts";
