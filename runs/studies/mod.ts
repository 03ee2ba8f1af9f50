/**
 * Studies: many trainings in one table with one page, and what a finished run looks at.
 *
 * @module
 */
export { judgeStudy, study } from "./study.ts";
export { type StudyCell, type StudyTasks, studyTasks } from "./tasks.ts";
export type { Pretraining, StudyModel, StudyWish } from "./wish.ts";
export { type AnalysisStudy, readStudyFile, type StudyFile, studyNames, type TableStudy } from "./file.ts";
export { type AnalysisWish, runAnalysis } from "./analyses/run_analysis.ts";

// What the functions give and take.
export type { Markup } from "../../report/kit/markup.ts";
export type { Cell, TextTable } from "../../report/kit/text_table.ts";
export type { Analysis, AnalysisSection } from "../../report/analysis_page.ts";
export type {
  PublishedFigures,
  Stratum,
  StudyCompute,
  StudyReport,
  StudyRow,
  StudySet,
  StudySource,
  StudyVariant,
} from "../../report/study_report.ts";
