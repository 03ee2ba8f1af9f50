import { useMeasurer } from "../../measure/measurer.ts";
import { useRecorded } from "../../recorded.ts";
import { Ladder } from "./ladder.tsx";
import { Plot, usePlot } from "./plot.tsx";

/** The suite as it was measured elsewhere. */
export function RecordedKernels() {
  const file = useRecorded();
  const measurer = useMeasurer(null);
  const rows = file?.rows ?? none;
  const { plot, marks } = usePlot(measurer, rows, file?.roofline ?? null);
  if (!file) return <p class="loading" role="status">Loading …</p>;
  return (
    <>
      <h1>Every kernel, under a software driver's roofline</h1>
      <p class="lead">
        Recorded on {file.machine!.machine}, {file.created.slice(0, 10)}, by <code>{file.command}</code>.
      </p>
      {plot && (
        <Plot
          plot={plot}
          roofline={file.roofline!}
          adapter={file.machine!.adapter}
          where="in the recorded run"
        />
      )}
      <div class="kernels">
        {[...Map.groupBy(rows, ({ kernel }) => kernel)].map(([kernel, members]) => (
          <article key={kernel} class="kernel" aria-label={kernel}>
            <header>
              <h2>{kernel}</h2>
            </header>
            <Ladder
              kernel={kernel}
              variants={[
                ...new Set(members.map(({ variant }) =>
                  variant
                )),
              ]}
              rows={members}
              refused={[]}
              stages={{}}
              marks={marks[kernel] ?? {}}
            />
          </article>
        ))}
      </div>
    </>
  );
}

/** The same list every time. */
const none: [] = [];
