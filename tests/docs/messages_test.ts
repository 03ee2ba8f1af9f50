import assert from "node:assert/strict";
import { readPretrainingFolder } from "../../datasets/readers/read_pretraining_folder.ts";
import { UserError } from "../../datasets/user_error.ts";
import { messageOf, withFolder } from "../datasets/readers/data_files.ts";
import { collectMessages } from "./messages/collect_messages.ts";
import { exampleText } from "./messages/example_text.ts";
import { longestMessage, messagesFile, messagesPage } from "./messages/messages_page.ts";

const messages = await collectMessages(new URL("../../", import.meta.url).pathname);

Deno.test("docs/messages.md lists every message of the sources as they are; `deno task messages` writes it", async () => {
  assert.ok(messages.length > 500, String(messages.length));
  assert.equal(await Deno.readTextFile(messagesFile), await messagesPage());
});

Deno.test("every message is shorter than 300 characters", () => {
  const long = messages.map(exampleText).filter((text) => text.length >= longestMessage);
  assert.deepEqual(long, []);
});

Deno.test("every error says what was expected, or what to do", () => {
  const bare = messages.filter(({ kind }) => kind === "error").map(exampleText).filter((text) =>
    !/expected|; |--[a-z]|`|\b(give|check|make|name|save|choose|export|leave|restore|see|say|put|write)\b/i
      .test(text)
  );
  assert.deepEqual(bare, []);
});

Deno.test("names and paths of any length leave a message shorter than 300 characters", async () => {
  const genes = Array.from({ length: 9 }, (_, gene) => `${gene}${"LONGGENE".repeat(99)}`);
  const sound = { "condition_table.csv": "dose,time,canonical_smiles\n1,2,CCO\n", "gex_DMSO.csv": "A\n1\n" };
  const bad: Record<string, string>[] = [
    { "gex_comp.csv": `${genes.join()}\n${genes.map(() => 1).join()}\n` },
    { "gex_comp.csv": `A\n${"9".repeat(900)}\n` },
    { "gex_comp.csv": `${genes[0]},${genes[0]}\n1,2\n` },
    { "gex_comp.csv": "A\n1\n", "condition_table.csv": `${genes.join()}\n${genes.map(() => 1).join()}\n` },
    {
      "gex_comp.csv": "A\n1\n",
      "condition_table.csv": `dose,time,canonical_smiles\n${"ten".repeat(300)},2,CCO\n`,
    },
  ];
  for (const files of bad) {
    await withFolder({ ...sound, ...files }, async (folder) => {
      const message = await messageOf(folder, readPretrainingFolder(folder));
      assert.ok(message.length < longestMessage, `${message.length}: ${message}`);
    });
  }
  const path = `/data/${"deep/".repeat(99)}gex_comp.csv`;
  const { message } = new UserError(`${path}, row 7: found "ten", expected a number; mend it.`);
  assert.match(message, /^\/data\/.*….*\/gex_comp\.csv, row 7: found "ten"/);
  assert.ok(message.length < 200, message);
});
