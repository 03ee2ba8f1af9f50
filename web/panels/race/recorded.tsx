import { useRecorded } from "../../recorded.ts";
import { ResultCard } from "./card.tsx";
import { Lane } from "./lane.tsx";
import { runner } from "./outcome.ts";

/** A race that was run elsewhere. */
export function RecordedRace() {
  const file = useRecorded();
  if (!file) return <p class="loading" role="status">Loading …</p>;
  const rows = file.rows.filter(({ kernel, variant }) => kernel === "csg2a-block" && variant !== "naive");
  const outcome = {
    rows,
    refused: [],
    roofline: file.roofline,
    machine: file.machine!,
    seed: file.seed ?? 0,
  };
  const [closed, other] = [true, false].map((form) => runner(outcome, form));
  const longest = other.row!.ms_median;
  const { genes } = closed.row!.sizes;
  return (
    <>
      <h1>One attention block, computed in two ways</h1>
      <p class="lead">
        Recorded on {file.machine!.machine}, {file.created.slice(0, 10)}, by <code>{file.command}</code>.
      </p>
      <div class="lanes">
        <Lane closed={false} genes={genes} stage={undefined} runner={other} longest={longest} />
        <Lane closed genes={genes} stage={undefined} runner={closed} longest={longest} />
      </div>
      <ResultCard outcome={outcome} />
    </>
  );
}
