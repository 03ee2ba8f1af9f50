import { z } from "zod";
import { chunksOf, closedForm, type Fit, truthOf } from "../baselines/closed_form.ts";
import { floatTensor, valuesOf } from "../baselines/name_tensor.ts";
import { bitsField } from "../baselines/ridge.ts";
import { RowFeatures } from "../baselines/row_features.ts";
import type { Model } from "../model.ts";
import { RandomFeatures } from "./random_features.ts";
import { solveSvr } from "./solve_svr.ts";
import { SvrInputs } from "./svr_inputs.ts";

/** What the support-vector machine may choose from. */
export interface SvrSettings {
  /** Length of the Morgan fingerprint. */
  readonly bits: 1024 | 2048;
  /** Random features that stand in for the kernel. */
  readonly features: number;
  /** Widths of the Gaussian kernel, of which the validation rows choose one. */
  readonly gammas: readonly number[];
  /** Weights of the errors, of which the validation rows choose one. */
  readonly costs: readonly number[];
  /** In standard deviations of the target. */
  readonly epsilon: number;
}

const some = z.array(z.number().positive()).min(1);
const schema: z.ZodType<SvrSettings> = z.strictObject({
  bits: bitsField,
  features: z.int().positive().max(65_536).describe("random features that approximate the Gaussian kernel"),
  gammas: some.describe(
    "widths of the kernel, one over squared distance, of which the validation rows choose one",
  ),
  costs: some.describe("weights of the errors of which the validation rows choose one"),
  epsilon: z.number().min(0).describe("errors below it cost nothing, in standard deviations of the target"),
});

/**
 * Support-vector regression with a Gaussian kernel on Morgan bits, dose, time and basal profile: the SVM of the CSG2A paper's table. The
 * kernel is approximated by random Fourier features, since the exact one is quadratic in rows (hours at 80,000).
 */
export const svr: Model<SvrSettings> = closedForm<SvrSettings>({
  name: "svr",
  title: "SVR",
  summary: "support-vector regression with a Gaussian kernel, approximated by random features",
  role: "model",
  // One machine predicts one number.
  layouts: ["response"],
  settings: schema,
  released: { bits: 1024, features: 1024, gammas: [0.3, 1, 3], costs: [0.3, 3, 30], epsilon: 0.1 },
  async open({ data, split, settings, seed }): Promise<Fit> {
    const rowFeatures = await RowFeatures.of(data, settings.bits);
    let fitted: Fitted | undefined;
    const predict = ({ inputs, random, gamma, weights, mean, deviation }: Fitted, rows: Uint32Array) => {
      const predicted = new Float32Array(rows.length), width = weights.length;
      let place = 0;
      for (const chunk of chunksOf(rows)) {
        const features = random.map(random.project(inputs.rows(chunk)), gamma);
        for (let k = 0; k < chunk.length; k++) {
          let sum = 0;
          for (let at = 0; at < width; at++) sum += weights[at] * features[k * width + at];
          predicted[place++] = mean + deviation * sum;
        }
      }
      return predicted;
    };
    return {
      fit() {
        const truth = truthOf(data), train = truth.take(split.train);
        const mean = train.reduce((sum, value) => sum + value, 0) / train.length;
        const deviation = Math.sqrt(
          train.reduce((sum, value) => sum + (value - mean) ** 2, 0) / train.length,
        ) || 1;
        const targets = Float64Array.from(train, (value) => (value - mean) / deviation);
        const inputs = SvrInputs.fit(rowFeatures, split.train);
        const random = RandomFeatures.draw(inputs.means.length, settings.features, seed);
        const projected = random.project(inputs.rows(split.train));
        const wanted = truth.take(split.validation);
        let best = { error: Infinity, gamma: 0, cost: 0 };
        for (const gamma of settings.gammas) {
          const features = random.map(projected, Math.fround(gamma));
          for (const cost of settings.costs) {
            const weights = solveSvr(features, targets, { cost, epsilon: settings.epsilon, seed });
            // Float32, so that what is stored predicts the same.
            const own: Fitted = {
              inputs,
              random,
              gamma: Math.fround(gamma),
              weights: Float64Array.from(weights, Math.fround),
              mean: Math.fround(mean),
              deviation: Math.fround(deviation),
            };
            const error = predict(own, split.validation)
              .reduce((sum, value, at) => sum + (value - wanted[at]) ** 2, 0);
            // Without validation rows the first is taken.
            if (fitted !== undefined && !(error < best.error)) continue;
            best = { error, gamma, cost };
            fitted = own;
          }
        }
        return `gamma ${best.gamma}, cost ${best.cost}`;
      },
      predict: (rows) => predict(fitted!, rows),
      state() {
        const { inputs, random, gamma, weights, mean, deviation } = fitted!;
        const columns = inputs.means.length;
        return new Map([
          ["inputs.mean", floatTensor([columns], inputs.means)],
          ["inputs.factor", floatTensor([columns], inputs.factors)],
          ["random.weight", floatTensor([random.phases.length, columns], random.directions)],
          ["random.bias", floatTensor([random.phases.length], random.phases)],
          ["weight", floatTensor([weights.length], weights)],
          ["scale", floatTensor([3], [gamma, mean, deviation])],
        ]);
      },
      restore(state) {
        const [gamma, mean, deviation] = valuesOf(state, "scale", [3]);
        const columns = rowFeatures.denseColumns + settings.bits, count = settings.features;
        fitted = {
          inputs: SvrInputs.of(
            rowFeatures,
            valuesOf(state, "inputs.mean", [columns]),
            valuesOf(state, "inputs.factor", [columns]),
          ),
          random: RandomFeatures.of(
            valuesOf(state, "random.weight", [count, columns]),
            valuesOf(state, "random.bias", [count]),
          ),
          gamma,
          weights: Float64Array.from(valuesOf(state, "weight", [count + 1])),
          mean,
          deviation,
        };
        return undefined;
      },
    };
  },
});

interface Fitted {
  readonly inputs: SvrInputs;
  readonly random: RandomFeatures;
  readonly gamma: number;
  readonly weights: Float64Array;
  readonly mean: number;
  readonly deviation: number;
}
