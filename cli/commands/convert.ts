import { Command } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { elementCount, type TensorMap } from "../../host/checkpoint/stored_tensor.ts";
import { readWeights } from "../../runs/read_weights.ts";
import { prefixHint, renameTensors } from "../convert/rename_tensors.ts";
import { writeWeights } from "../convert/write_weights.ts";

/** `perturbine convert`: weights between PyTorch files, safetensors files and runs. */
export function convertCommand() {
  return new Command("convert")
    .description("Convert weights between PyTorch (.pt), safetensors and run folders")
    .argument("<input>", "a .pt file (either container), a .safetensors file or a run folder")
    .argument("<output>", "a name ending in .safetensors or .pt, or an existing run folder")
    .option("--strip-prefix <text>", "take only tensors whose names begin so, without that beginning")
    .option("--add-prefix <text>", "put this in front of every name")
    .option("--force", "replace the output when it is there already")
    .option("--list", "print every tensor with its type and shape")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
A PyTorch file is decoded, never executed: anything in it that is not a plain weight is refused by name.

Examples:
  perturbine convert pretrained.pt pretrained.safetensors
  perturbine convert runs/demo demo.pt                     torch.load() gives its state_dict
  perturbine convert runs/ft pretrained.pt --strip-prefix CSG2A.
  perturbine convert mat.pt mat.safetensors --add-prefix CCE.MAT.
`,
    )
    .action(async (input, output, options) => {
      const source = await readWeights(input);
      const { tensors, left } = renameTensors(source.tensors, options);
      const file = await writeWeights(output, tensors, options.force ?? false, source.file);
      const leftOut = [...left, ...source.besides];
      if (options.json) {
        const list = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
        console.log(JSON.stringify({ input: source.file, output: file, tensors: list, leftOut }, null, 2));
        return;
      }
      if (options.list) console.log(tableOf(tensors));
      const values = [...tensors.values()].reduce((sum, tensor) => sum + elementCount(tensor.shape), 0);
      console.log(
        `${source.file} -> ${file}: ${tensors.size} tensors, ${values.toLocaleString("en-GB")} values`,
      );
      if (leftOut.length > 0) console.log(`left out: ${fewOf(leftOut)}`);
      const hint = prefixHint([...tensors.keys()]);
      if (hint !== undefined) console.log(hint);
    });
}

function fewOf(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}

function tableOf(tensors: TensorMap): string {
  const table = new Table({
    head: ["tensor", "type", "shape"],
    style: { head: [], border: [], compact: true },
  });
  for (const [name, { dtype, shape }] of tensors) table.push([name, dtype, shape.join(" x ") || "scalar"]);
  return table.toString();
}
