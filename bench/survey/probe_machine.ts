import { fileURLToPath } from "node:url";
import { type DawnFacts, offeredSizes, type SurveyFacts } from "./adapter_facts.ts";
import { commandOf } from "./run_part.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What is here besides the adapter: Dawn's view of it, and PyTorch. */
export async function probeMachine(): Promise<
  { readonly dawn: DawnFacts | null; readonly noDawn: string | null; readonly facts: SurveyFacts }
> {
  const [asked, torch] = await Promise.all([
    output(commandOf({ program: "facts", words: [], dawn: true })),
    output(["python3", "-c", "import torch; print(torch.cuda.is_available())"]),
  ]);
  const dawn = asked.code === 0 ? JSON.parse(asked.out.trim().split("\n").at(-1)!) as DawnFacts : null;
  const noDawn = dawn ? null : lastError(asked.error);
  const noTorch = torch.code !== 0
    ? `python3 has no PyTorch (${lastError(torch.error)})`
    : torch.out.trim() === "True"
    ? undefined
    : "PyTorch finds no CUDA device";
  const noSubgroups = dawn === null
    ? `Dawn: ${noDawn}`
    : dawn.subgroups
    ? undefined
    : `${dawn.adapter} offers no subgroup operations through Dawn`;
  const noMatrixUnits = dawn === null
    ? `Dawn: ${noDawn}`
    : dawn.matrixUnits
    ? undefined
    : `${dawn.adapter} lists no matrix units for halves with f32 sums through Dawn`;
  const subgroupSizes = dawn ? offeredSizes(dawn) : [];
  return { dawn, noDawn, facts: { subgroupSizes, noSubgroups, noMatrixUnits, noTorch } };
}

async function output([program, ...args]: string[]) {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd: root,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), error: decoder.decode(stderr) };
  } catch (error) {
    return { code: -1, out: "", error: (error as Error).message };
  }
}

function lastError(text: string): string {
  const lines = text.trim().split("\n");
  const told = lines.findLast((line) => /^(error:|\w*Error\b)/.test(line)) ?? lines.at(-1) ?? "";
  return told.replace(/^error: /, "").replace(/\.$/, "");
}
