import { DropZone } from "../../house/drop_zone.tsx";
import type { PlacedFile } from "../../house/house.ts";
import type { PanelState } from "../../state.ts";
import { models, type OwnFolder, type Setting, splits } from "./wish.ts";

/** What is trained, on what: every field is a value of the address. */
export function SettingForm(
  { setting, own, state, busy, onFiles }: {
    readonly setting: Setting;
    readonly own: OwnFolder | undefined;
    readonly state: PanelState;
    readonly busy: boolean;
    onFiles(files: readonly PlacedFile[]): void;
  },
) {
  return (
    <form class="settings" onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={busy}>
        <legend class="unseen">What is trained</legend>
        <label>
          data
          <select
            value={setting.data}
            onChange={({ currentTarget }) => state.set({ data: currentTarget.value })}
          >
            <option value="simulator">built-in simulator</option>
            <option value="own">a folder of mine</option>
          </select>
        </label>
        <label>
          model
          <select
            value={setting.model}
            // Its own defaults come with it.
            onChange={({ currentTarget }) =>
              state.set({ model: currentTarget.value, epochs: undefined, split: undefined })}
          >
            {Object.entries(models).map(([name, { title }]) => (
              <option key={name} value={name}>{title}</option>
            ))}
          </select>
        </label>
        <label>
          held out
          <select
            value={setting.split}
            onChange={({ currentTarget }) => state.set({ split: currentTarget.value })}
          >
            {Object.entries(splits).map(([rule, words]) => <option key={rule} value={rule}>{words}</option>)}
          </select>
        </label>
        <label>
          epochs
          <input
            type="number"
            min={1}
            max={1000}
            value={setting.epochs}
            onChange={({ currentTarget }) =>
              currentTarget.validity.valid && state.set({ epochs: currentTarget.value || undefined })}
          />
        </label>
        <label>
          seed
          <input
            type="number"
            min={0}
            max={4294967295}
            value={setting.seed}
            onChange={({ currentTarget }) =>
              currentTarget.validity.valid && state.set({ seed: currentTarget.value || undefined })}
          />
        </label>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={setting.removed}
            onChange={({ currentTarget }) =>
              state.set({ molecule: currentTarget.checked ? "removed" : undefined })}
          />
          take the molecule away
        </label>
      </fieldset>
      {setting.data === "own" && !busy && (
        <DropZone label="Choose a folder" onFiles={onFiles}>
          {own
            ? (
              <>
                <strong>{own.folder.slice(1)}</strong>: {own.names.slice(0, 6).join(", ")}
                {own.names.length > 6 ? ` and ${own.names.length - 6} more` : ""}. Drop another folder to
                replace it.
              </>
            )
            : <>Drop your data folder here: {models[setting.model].data}. It stays on this machine.</>}
        </DropZone>
      )}
    </form>
  );
}
