import type { PlacedFile } from "./house.ts";

/** Files of a drop or a file input, each under its folder: `mine/gex_comp.csv`. */
export async function droppedFiles(transfer: DataTransfer): Promise<PlacedFile[]> {
  // Entries are gone when the event is over, so they are all taken first.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) =>
    entry !== null
  );
  return (await Promise.all(entries.map((entry) => below(entry)))).flat();
}

/** Files that were chosen: a folder brings its name along. */
export function chosenFiles(files: FileList): PlacedFile[] {
  return Array.from(files, (file) => ({ path: `/${file.webkitRelativePath || file.name}`, blob: file }));
}

async function below(entry: FileSystemEntry): Promise<PlacedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ path: entry.fullPath, blob: file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader(), entries: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and none when it is at its end.
  while (true) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) break;
    entries.push(...some);
  }
  return (await Promise.all(entries.map((one) => below(one)))).flat();
}

/** The one folder that files came in; what came in none, or in several, is put into a folder of that name. */
export function asFolder(
  files: readonly PlacedFile[],
  name: string,
): { folder: string; files: PlacedFile[] } {
  const [, parent] = files[0].path.split("/");
  return files.every(({ path }) => path.startsWith(`/${parent}/`))
    ? { folder: `/${parent}`, files: [...files] }
    : { folder: `/${name}`, files: files.map((file) => ({ ...file, path: `/${name}${file.path}` })) };
}
