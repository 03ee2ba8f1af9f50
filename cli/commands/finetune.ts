import { Command } from "commander";
import { modelNamed } from "../../models/registry.ts";
import type { CommandContext } from "../context.ts";
import { trainModelCommand } from "./train.ts";

const help = `  perturbine finetune csg2a --from runs/csg2a-skbr3 --data data/gdsc
  perturbine finetune csg2a --from weights.pt --data data/gdsc --preset released --split drug-blind --folds 10 --fold 3
  perturbine finetune csg2a --from runs/csg2a-skbr3 --data data/gdsc --no-frozen

It is \`train csg2a-response\`. Sizes and switches are those of the run named by --from; without --from the network starts at
random. A run names its genes, and data in another order are put in it; a bare checkpoint names none: give its order.`;

/** `perturbine finetune`: transfer to drug response, under the name that the paper has for it. */
export function finetuneCommand(context: CommandContext): Command {
  return new Command("finetune").description("Fine-tune a model on drug response").addCommand(
    trainModelCommand(modelNamed("csg2a-response"), context, { words: "finetune csg2a", help }),
  );
}
