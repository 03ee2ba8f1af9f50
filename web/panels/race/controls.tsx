import { countText } from "../../../report/kit/numbers.ts";
import type { RaceSetting } from "../../measure/race_block.ts";
import { genesAt, notable, placeOf, sliderSteps } from "./genes.ts";
import { batches } from "./setting.ts";

/** Size and form of the race, and what begins it. */
export function Controls({ setting, disabled, running, onChange, onStart, onStop }: {
  readonly setting: RaceSetting;
  readonly disabled: boolean;
  readonly running: boolean;
  onChange(changes: Partial<Record<"genes" | "batch" | "materialised", string | number>>): void;
  onStart(): void;
  onStop(): void;
}) {
  const { genes, batch, materialised } = setting;
  return (
    <form
      class="race-controls"
      onSubmit={(event) => {
        event.preventDefault();
        if (!running) onStart();
      }}
    >
      <div class="genes">
        <label for="genes">
          Genes <output for="genes">{countText(genes)}</output>
        </label>
        <input
          id="genes"
          type="range"
          min="0"
          max={sliderSteps}
          value={placeOf(genes)}
          aria-valuetext={`${genes} genes`}
          disabled={running}
          onInput={(event) => onChange({ genes: genesAt(Number(event.currentTarget.value)) })}
        />
        <div class="notable">
          {notable.map((count) => (
            <button
              key={count}
              type="button"
              class="tick"
              disabled={running}
              aria-pressed={count === genes}
              onClick={() => onChange({ genes: count })}
              style={`left:${(100 * placeOf(count) / sliderSteps).toFixed(1)}%`}
            >
              {countText(count)}
            </button>
          ))}
        </div>
      </div>
      <label class="choice">
        Samples
        <select
          value={`${batch}`}
          disabled={running}
          onChange={(event) => onChange({ batch: event.currentTarget.value })}
        >
          {[...new Set([...batches, batch])].sort((a, b) => a - b).map((count) => (
            <option key={count} value={`${count}`}>{count}</option>
          ))}
        </select>
      </label>
      <label class="choice">
        Materialised with
        <select
          value={materialised}
          disabled={running}
          onChange={(event) => onChange({ materialised: event.currentTarget.value })}
        >
          <option value="tiled">tiled products</option>
          <option value="naive">plain loops</option>
        </select>
      </label>
      {running
        ? <button type="button" class="quiet go" onClick={onStop}>Stop</button>
        : <button type="submit" class="go" disabled={disabled}>Race</button>}
    </form>
  );
}
