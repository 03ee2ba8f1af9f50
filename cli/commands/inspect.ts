import { Command } from "commander";
import { countText, number } from "../../report/kit/numbers.ts";
import { inspect } from "../../runs/inspect.ts";
import type { InspectedFile } from "../../runs/inspect_folder.ts";

const help = `
Takes GCT, GCTX, h5ad, CSV and TSV (plain or .gz), Parquet, GMT, SDF, npy, safetensors, .pt, run folders and data folders.

Examples:
  perturbine inspect GSE92742_Level3.gctx
  perturbine inspect data/mine
  perturbine inspect runs/demo --json`;

/** Names that are shown of many. */
const shown = 12;

/** Each file of a folder: what it is, its size, what is wrong with it or what takes it. */
function fileLines(files: readonly InspectedFile[]): string[] {
  const width = Math.max(...files.map(({ name }) => name.length), 0);
  return files.flatMap(({ name, format, rows, columns, wrong, next }) => {
    const size = [
      rows === null ? "" : `${countText(rows)} rows`,
      columns === null ? "" : `${countText(columns)} columns`,
    ]
      .filter((text) => text !== "").join(", ");
    const what = wrong === null ? `${format}${size === "" ? "" : `, ${size}`}` : `cannot be read: ${wrong}`;
    return [
      `  ${name.padEnd(width)}  ${what}`,
      ...(next === null ? [] : [`  ${"".padEnd(width)}    ${next}`]),
    ];
  });
}

/** `perturbine inspect`: what a file is, and which command takes it next. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .description("Say what a file or folder is, and which command takes it next")
    .argument("<path>", "file or folder")
    .option("--json", "print it as JSON")
    .addHelpText("after", help)
    .action(async (path: string, flags: { readonly json?: boolean }) => {
      const found = await inspect(path);
      const {
        format,
        rows,
        columns,
        scale,
        range,
        ids,
        missing,
        landmarks,
        fields,
        files,
        wrong,
        notes,
        next,
      } = found;
      const lines: [string, string | null][] = [
        ["format", format],
        ["rows", rows === null ? null : countText(rows)],
        ["columns", columns === null ? null : countText(columns)],
        ["genes by", ids],
        ["landmark genes", landmarks === null ? null : countText(landmarks)],
        ["values", scale === null ? null : `${scale}, ${number(range![0])} to ${number(range![1])}`],
        ["missing values", missing === null ? null : countText(missing)],
        [
          "fields",
          fields.length === 0 ? null : fields.slice(0, shown).join(", ") +
            (fields.length > shown ? ` and ${fields.length - shown} more` : ""),
        ],
      ];
      if (flags.json) return console.log(JSON.stringify(found));
      console.log(path);
      for (const [name, value] of lines) if (value !== null) console.log(`  ${name.padEnd(16)}${value}`);
      for (const line of fileLines(files)) console.log(line);
      for (const note of notes) console.log(`note: ${note}`);
      if (wrong !== null) console.log(`wrong: ${wrong}`);
      console.log(`Next: ${next}`);
    });
}
