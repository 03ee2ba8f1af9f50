import type { PublishedFigures } from "../../report/study_report.ts";
import type { RunWish } from "../configure.ts";
import type { SplitWish } from "../split_wish.ts";

/** A model of a study. Paths of its own runs and its place in the table go by `label`. */
export type StudyModel = Omit<RunWish, "data" | "split" | "seed"> & {
  /** What it is called in folders and tables; absent: by its model's name and title. */
  readonly label?: string;
  /** Name of the pretraining whose run it takes its parameters from. */
  readonly pretraining?: string;
};

/** A training that others start from. */
export type Pretraining = Omit<RunWish, "from"> & {
  /** What `StudyModel.pretraining` says. */
  readonly name: string;
};

/** Data sets x splits (x folds) x models x seeds. */
export interface StudyWish {
  /** Folders, or the simulator. */
  readonly data: readonly NonNullable<RunWish["data"]>[];
  /** Rules by which rows are held out; of one with `folds` and no `fold` every fold is trained. */
  readonly splits: readonly SplitWish[];
  /** What each model is trained with; models that do not take the layout of a data set are left out there, and said. */
  readonly models: readonly StudyModel[];
  /** Trained once, before everything. */
  readonly pretraining?: readonly Pretraining[];
  /** Trainings of each model that draws anything. */
  readonly seeds: number;
  /** Folder of all runs and of the study. */
  readonly out: string;
  /** Of the page. */
  readonly title?: string;
  /** For the page: what is done, in words. */
  readonly method?: string;
  /** Figures of others, printed beside and never ranked. */
  readonly published?: PublishedFigures;
}
