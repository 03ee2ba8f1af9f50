import { Command } from "@commander-js/extra-typings";
import { parseBenchFile } from "../../../bench/bench_file.ts";
import { historyPage } from "../../../bench/report/history_page.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import { checkOutputFile } from "../../../runs/output_file.ts";

const help = `
Takes every measurement of the folder (bench kernels, models or peers with --out); other JSON files are named and passed
over. Files of earlier versions carry no commit and no load, and say so.

Example:
  perturbine bench history bench/results --out history.html
`;

/** `perturbine bench history`. */
export function benchHistoryCommand() {
  return new Command("history")
    .description("One page over all measurements of a folder, by commit, driver and load")
    .argument("<folder>", "folder of measurements")
    .requiredOption("--out <file>", "HTML file to write")
    .addHelpText("after", help)
    .action(async (folder, { out }) => {
      await checkOutputFile(out);
      const names: string[] = [];
      try {
        for await (const { name, isFile } of Deno.readDir(folder)) {
          if (isFile && name.endsWith(".json")) names.push(name);
        }
      } catch (error) {
        throw new UserError(`${folder} cannot be read (${(error as Error).message}); check the path.`);
      }
      const files = [];
      for (const name of names.sort()) {
        const path = `${folder}/${name}`;
        const file = await Deno.readTextFile(path).then((text) => parseBenchFile(text, path)).catch(
          (error) => {
            console.error(`passed over: ${(error as Error).message}`);
            return undefined;
          },
        );
        if (!file) continue;
        if (file.rows.length + file.models.length > 0) files.push({ path, file });
        else console.error(`passed over: ${path} holds no row.`);
      }
      if (files.length === 0) {
        throw new UserError(`${folder} holds no measurement; write one with bench kernels --out FILE.`);
      }
      await writeFileAtomic(out, await historyPage(files));
      console.log(`History of ${files.length} measurements: ${out}`);
    });
}
