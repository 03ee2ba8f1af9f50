export type { Lookup } from "../lookup.ts";
export { initialValues } from "./initialise.ts";
export {
  type ConditionTensors,
  conditionVector,
  csg2a,
  csg2aFinetuning,
  type Csg2aOutput,
  type Mode,
  type MoleculeTensors,
  moleculeVectors,
} from "./network.ts";
export type { MoleculeCapacity } from "./packed_molecules.ts";
export { finetuningSpecs, pretrainingSpecs } from "./parameter_specs.ts";
export { type Csg2aConfig, releasedHeadWidths } from "./sizes.ts";
export { type BatchTensors, type Csg2aData, Csg2aTask, type Csg2aTaskOptions } from "./task.ts";
