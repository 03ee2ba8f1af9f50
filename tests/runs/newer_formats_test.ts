import assert from "node:assert/strict";
import { join } from "node:path";
import { readSplitFile } from "../../datasets/splits/split_file.ts";
import { readConfig } from "../../runs/read_config.ts";
import { readReport } from "../../runs/read_report.ts";
import { requireSameData } from "../../runs/data_record.ts";
import { readTaskList } from "../../runs/tasks/task_list.ts";
import { inFolder } from "./small_run.ts";

Deno.test("a run's files of a newer format are called newer, and those of none are told apart from them", async () => {
  await inFolder(async (folder) => {
    const readers: Record<string, [kind: string, read: () => Promise<unknown>]> = {
      "config.json": ["run", () => readConfig(folder)],
      "data.json": ["data", () => requireSameData(folder, {} as Parameters<typeof requireSameData>[1])],
      "split.json": ["split", () => readSplitFile(join(folder, "split.json"))],
      "tasks.json": ["tasks", () => readTaskList(folder)],
    };
    for (const [name, [kind, read]] of Object.entries(readers)) {
      const path = join(folder, name);
      await Deno.writeTextFile(path, JSON.stringify({ format: `perturbine ${kind} 77` }));
      await assert.rejects(
        read(),
        new RegExp(`is "perturbine ${kind} 77", of a newer version of Perturbine`),
      );
      for (const other of ['{"format":"another 77"}', '{"format":7}', "{}", "null", "[]"]) {
        await Deno.writeTextFile(path, other);
        await assert.rejects(
          read(),
          /UserError: .*(says no format|says the format).*another program wrote it/,
        );
      }
      await Deno.remove(path);
    }
    await Deno.writeTextFile(join(folder, "results.json"), '{"format":"perturbine results 77"}');
    await assert.rejects(readReport(folder), /written by a newer version/);
    await Deno.writeTextFile(join(folder, "results.json"), '{"format":"perturbine results 2"}');
    await assert.rejects(readReport(folder), /UserError: .*title: invalid input.*write it anew with/s);
  });
});
