import { UserError } from "../../datasets/user_error.ts";

/**
 * Compiles WGSL and reports every error the way compilers do: file, line, column, message, the line with a mark.
 *
 * @throws {UserError} with all errors of the text; a device that compiled it would refuse all work from then on.
 */
export async function checkShader(device: GPUDevice, file: string, code: string): Promise<void> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: file, code });
  const { messages } = await module.getCompilationInfo();
  const failure = await device.popErrorScope();
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length > 0) {
    const lines = code.split("\n");
    throw new UserError(errors.map((error) => described(file, lines, error)).join("\n"));
  }
  if (failure) throw new UserError(`${file}: ${failure.message.trim()}`);
}

function described(
  file: string,
  lines: readonly string[],
  { lineNum, linePos, message }: GPUCompilationMessage,
): string {
  const place = `${file}:${lineNum}:${linePos}: ${essence(message)}`;
  const line = lines[lineNum - 1];
  if (line === undefined || lineNum === 0) return place;
  const gutter = `${lineNum} | `;
  const mark = " ".repeat(gutter.length + Math.max(0, linePos - 1)) + "^";
  return `${place}\n${gutter}${line.replaceAll("\t", " ")}\n${mark}`;
}

/**
 * Naga wraps what it has to say in a picture of the source, which is drawn here for every implementation alike: its
 * labels and closing notes are kept, handles into its own tables are not.
 */
function essence(message: string): string {
  const [first, ...rest] = message.trim().split("\n");
  const sentence = first.replace(/^Shader '.*?' (parsing|validation) error: /, "").replace(
    /^Shader (parsing|validation) error: (Entry point|Function) .* is invalid$/,
    "",
  );
  const labels = rest.map((line) => /^\s*│[\s│^]*\s([a-z].*)$/.exec(line)?.[1] ?? "");
  const notes = rest.map((line) => /^\s*= (.*)$/.exec(line)?.[1] ?? "");
  const parts = [
    sentence,
    ...labels.filter((label) => !label.startsWith("naga::")),
    notes.findLast(Boolean) ?? "",
  ]
    .map((part) => part.replaceAll(/ ?\[\d+\]/g, "").trim())
    .filter((part) => part !== "");
  return [...new Set(parts)].join("; ") || first;
}
