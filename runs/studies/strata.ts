import type { Mechanisms } from "../../datasets/evaluation/read_mechanisms.ts";
import { bootstrapMean } from "../../datasets/statistics/bootstrap.ts";
import type { RunReport } from "../../report/run_report.ts";
import type { Stratum } from "../../report/study_report.ts";
import type { PreparedRun } from "../prepare.ts";

/** The lead over the best free baseline, squared errors a drug, by whether a drug that is trained on shares the mechanism. */
export function strataOf(
  { drugs }: Pick<RunReport, "drugs">,
  { data, split }: Pick<PreparedRun, "data" | "split">,
  { clusters }: Mechanisms,
): Stratum[] {
  const trained = new Set(
    Array.from(split.train, (row) => clusters.get(data.drug.ids[data.drug.of[row]])).filter((one) => one),
  );
  const unitOf = new Map(data.drug.names.map((name, unit) => [name, unit]));
  const kindOf = (name: string): Stratum["mechanism"] => {
    const cluster = clusters.get(data.drug.ids[unitOf.get(name)!]);
    return cluster === undefined ? "unknown" : trained.has(cluster) ? "seen" : "unseen";
  };
  return (["seen", "unseen", "unknown"] as const).flatMap((mechanism) => {
    const some = drugs.filter(({ name }) => kindOf(name) === mechanism);
    if (some.length === 0) return [];
    const differences = some.map(({ mse, baselineMse }) => baselineMse - mse);
    return [{ mechanism, drugs: some.length, lead: bootstrapMean(differences, some.map((_, at) => at)) }];
  });
}
