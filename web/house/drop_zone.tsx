import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { chosenFiles, droppedFiles } from "./dropped.ts";
import type { PlacedFile } from "./house.ts";

/** A field that takes a folder or files: dropped on it, or chosen from the disk. Nothing is sent anywhere. */
export function DropZone(
  { label, children, onFiles }: {
    /** What is expected, for the button. */
    readonly label: string;
    readonly children: ComponentChildren;
    onFiles(files: PlacedFile[]): void;
  },
) {
  const [over, setOver] = useState(false);
  const take = (files: PlacedFile[]) => files.length > 0 && onFiles(files);
  return (
    <div
      class={`drop ${over ? "over" : ""}`}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={async (event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) take(await droppedFiles(event.dataTransfer));
      }}
    >
      <p>{children}</p>
      <div class="row">
        <label class="button quiet">
          {label}
          <input
            type="file"
            class="unseen"
            multiple
            {...{ webkitdirectory: true }}
            onChange={({ currentTarget }) => {
              if (currentTarget.files) take(chosenFiles(currentTarget.files));
              currentTarget.value = "";
            }}
          />
        </label>
        <label class="button quiet">
          Choose files
          <input
            type="file"
            class="unseen"
            multiple
            onChange={({ currentTarget }) => {
              if (currentTarget.files) take(chosenFiles(currentTarget.files));
              currentTarget.value = "";
            }}
          />
        </label>
      </div>
    </div>
  );
}
