import { z } from "zod";
import type { Dataset } from "../../datasets/dataset.ts";
import { readTerms } from "../../datasets/evaluation/read_mechanisms.ts";
import { drugIdentities } from "../../datasets/identity/drug_identity.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import type { PpiGraph } from "../../datasets/types.ts";
import { UserError } from "../../datasets/user_error.ts";
import { closedForm, type Fit, truthOf } from "../baselines/closed_form.ts";
import { floatTensor, valuesOf } from "../baselines/name_tensor.ts";
import { bitsField } from "../baselines/ridge.ts";
import { RowFeatures } from "../baselines/row_features.ts";
import type { Model } from "../model.ts";
import type { NamedTensors } from "../training_task.ts";
import { type Choice, chooseProcess } from "./choose.ts";
import { graphKernel, mixed, tanimotoKernel, termKernel } from "./kernels.ts";
import type { FittedProcess } from "./leave_drugs_out.ts";
import { RowKernel } from "./row_kernel.ts";

/** What the kernels are made of. */
export interface GaussianProcessSettings {
  /** Length of the Morgan fingerprint. */
  readonly bits: 1024 | 2048;
  /** Table of drugs and their targets or mechanisms; null: structure alone. */
  readonly targets: string | null;
}

const schema: z.ZodType<GaussianProcessSettings> = z.strictObject({
  bits: bitsField,
  targets: z.string().min(1).nullable().meta({ path: true }).describe(
    "table of drugs and their targets or mechanisms, for kernels beside that of structures",
  ),
});

/** Most training rows: memory and time are those of several rows x rows matrices, a candidate. */
export const mostRows = 1500;

/**
 * Gaussian process on the residual of cell line and log dose, with a sum of kernels over drugs (Tanimoto of Morgan bits, mechanisms,
 * walks from the targets over the interaction graph where the data have one), times kernels over dose and cell line. Weights, noise and a
 * factor of shrinkage are chosen by leaving out whole drugs of the training part, in closed form.
 */
export const gaussianProcess: Model<GaussianProcessSettings> = closedForm<GaussianProcessSettings>({
  name: "gp",
  title: "Gaussian process",
  summary:
    "sum of kernels over structures, and mechanisms where a table is given; chosen by leaving drugs out",
  role: "model",
  layouts: ["profiles", "response"],
  looksAtTraining: true,
  settings: schema,
  released: { bits: 2048, targets: null },
  async open({ data, split, settings }): Promise<Fit> {
    const { onBits } = await RowFeatures.of(data, settings.bits);
    const drugs = data.drug.ids.length;
    const kernels = [tanimotoKernel(onBits)], names = ["structure"];
    if (settings.targets !== null) {
      const { of: identify } = drugIdentities(await Chemistry.load(), data.identity);
      const terms = await readTerms(settings.targets, data.drug, { identify });
      kernels.push(termKernel(drugs, terms));
      names.push("mechanism");
      const ppi = graphOf(data), graph = ppi && graphKernel(drugs, terms, ppi);
      if (graph) {
        kernels.push(graph);
        names.push("graph");
      }
    }
    const { train } = split, outputs = data.outputs.names.length;
    const rows = new RowKernel(data, train);
    let fitted: (FittedProcess & { readonly base: Float64Array; readonly choice: Choice }) | undefined;
    const state = (): NamedTensors => {
      const { base, linear, duals, choice } = fitted!;
      return new Map([
        ["dual.weight", floatTensor([train.length, outputs], duals)],
        ["linear.weight", floatTensor([rows.columns, outputs], linear)],
        ["base.weight", floatTensor([rows.columns, outputs], base)],
        ["kernel.weight", floatTensor([kernels.length], choice.weights)],
        [
          "choice",
          floatTensor([4], [choice.sameDrug, choice.noise, choice.shrinkage, Number(choice.activity)]),
        ],
      ]);
    };
    const take = (saved: NamedTensors) => {
      const [sameDrug, noise, shrinkage, activity] = valuesOf(saved, "choice", [4]);
      const float64 = (name: string, shape: readonly number[]) =>
        Float64Array.from(valuesOf(saved, name, shape));
      fitted = {
        duals: float64("dual.weight", [train.length, outputs]),
        linear: float64("linear.weight", [rows.columns, outputs]),
        base: float64("base.weight", [rows.columns, outputs]),
        choice: {
          weights: [...valuesOf(saved, "kernel.weight", [kernels.length])],
          sameDrug,
          noise,
          shrinkage,
          activity: activity === 1,
        },
      };
    };
    const told = () => {
      const { weights, sameDrug, noise, shrinkage, activity } = fitted!.choice;
      const mix = names.map((name, k) => `${name} ${weights[k].toFixed(2)}`).join(", ");
      const short = (value: number) => Number(value.toPrecision(6));
      return `${mix}; same drug ${short(sameDrug)}, noise ${short(noise)}, shrinkage ${
        shrinkage.toFixed(2)
      }` +
        (activity ? ", dose / (dose + 1 µM)" : "");
    };
    return {
      fit() {
        if (train.length > mostRows) {
          throw new UserError(
            `A Gaussian process takes at most ${mostRows} training rows, found ${train.length} in ${data.source}; train it on a part of ` +
              "the data, or take ridge or svr.",
          );
        }
        fitted = chooseProcess(rows, kernels, Float64Array.from(truthOf(data).take(train)), outputs);
        // As it is stored, so that a fitted process and a restored one predict the same.
        take(state());
        return told();
      },
      predict(wanted) {
        const { base, linear, duals, choice } = fitted!;
        const drug = mixed(kernels, choice.weights);
        const design = rows.design(wanted), columns = rows.columns;
        const predicted = new Float32Array(wanted.length * outputs);
        const sums = new Float64Array(outputs);
        wanted.forEach((row, at) => {
          sums.fill(0);
          for (let c = 0; c < columns; c++) {
            const x = design[at * columns + c];
            for (let k = 0; k < outputs; k++) {
              sums[k] += x * (base[c * outputs + k] + choice.shrinkage * linear[c * outputs + k]);
            }
          }
          train.forEach((other, n) => {
            const weight = choice.shrinkage * rows.covariance(row, other, drug, choice.activity);
            if (weight === 0) return;
            for (let k = 0; k < outputs; k++) sums[k] += weight * duals[n * outputs + k];
          });
          predicted.set(sums, at * outputs);
        });
        return predicted;
      },
      state,
      restore(saved) {
        take(saved);
        return told();
      },
    };
  },
});

function graphOf({ inputs }: Dataset): PpiGraph | undefined {
  return typeof inputs === "object" && inputs !== null && "ppi" in inputs
    ? inputs.ppi as PpiGraph
    : undefined;
}
