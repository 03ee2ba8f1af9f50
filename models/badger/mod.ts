export { attentionBlock, type BlockInputs, type BlockOptions } from "./attention_block.ts";
export { type AttentionKind, type BadgerConfig, releasedBadger } from "./config.ts";
export { type BadgerTables, initialBadgerValues } from "./initialise.ts";
export {
  badgerLoss,
  type BadgerLossConfig,
  type BadgerTargets,
  type LossTerm,
  releasedBadgerLoss,
} from "./loss.ts";
export { badger, type BadgerInputs, type BadgerOutput, type BadgerPass } from "./network.ts";
export { badgerSpecs } from "./parameter_specs.ts";
export {
  type AttentionMap,
  type BadgerAttention,
  type BadgerBatch,
  BadgerTask,
  type BadgerTaskOptions,
} from "./task.ts";
