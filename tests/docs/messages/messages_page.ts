import { collectMessages, type Message } from "./collect_messages.ts";
import { exampleText } from "./example_text.ts";

const root = new URL("../../../", import.meta.url);

/** The page of all messages. */
export const messagesFile = new URL("docs/messages.md", root);

/** Most characters of a message. */
export const longestMessage = 300;

const titles: Readonly<Record<string, string>> = {
  cli: "Commands and flags",
  runs: "Runs",
  datasets: "Data",
  host: "Files of weights",
  report: "Reports",
  models: "Models",
};

/** All messages of the command line with an example each, as Markdown. */
export async function messagesPage(): Promise<string> {
  const messages = await collectMessages(root.pathname);
  const counted = (kind: Message["kind"]) => messages.filter((message) => message.kind === kind).length;
  const lines = [
    "# What the command line says",
    "",
    `Every error (${
      counted("error")
    }; the command ends with exit code 1, or 2 for a command line that cannot be meant so) and every`,
    `note (${
      counted("note")
    }; the command goes on), with an example each: files, names and numbers are made up. None is longer than`,
    `${longestMessage} characters; a long name is cut. Written by \`deno task messages\` from the sources; a test keeps it current.`,
  ];
  let folder = "", file = "";
  for (const message of messages) {
    const [first] = message.file.split("/");
    if (first !== folder) lines.push("", `## ${titles[first]}`);
    if (message.file !== file) lines.push("", `\`${message.file}\``, "");
    folder = first;
    file = message.file;
    lines.push(`- *${message.kind}* ${exampleText(message).replaceAll("\n", " ").replaceAll("|", "\\|")}`);
  }
  return lines.join("\n") + "\n";
}

if (import.meta.main) await Deno.writeTextFile(messagesFile, await messagesPage());
