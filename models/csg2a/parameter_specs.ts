import type { ParameterSpec } from "../../engine/mod.ts";
import { atomFeatureCount, type Csg2aConfig, doseTimeWidth } from "./sizes.ts";

type Entry = Pick<ParameterSpec, "key" | "shape" | "kind">;

const weight = (key: string, ...shape: number[]): Entry => ({ key, shape, kind: "parameter" });

function linearEntries(key: string, out: number, width: number): Entry[] {
  return [weight(`${key}.weight`, out, width), weight(`${key}.bias`, out)];
}

function batchNormEntries(key: string, width: number): Entry[] {
  return [
    weight(`${key}.weight`, width),
    weight(`${key}.bias`, width),
    { key: `${key}.running_mean`, shape: [width], kind: "buffer" },
    { key: `${key}.running_var`, shape: [width], kind: "buffer" },
    { key: `${key}.num_batches_tracked`, shape: [], kind: "counter" },
  ];
}

function matEntries({ mat: { width, layers } }: Csg2aConfig): Entry[] {
  const norm = (key: string) => [weight(`${key}.a_2`, width), weight(`${key}.b_2`, width)];
  const layer = (k: number) => {
    const prefix = `encoder.layers.${k}`;
    return [
      ...[0, 1, 2, 3].flatMap((i) => linearEntries(`${prefix}.self_attn.linears.${i}`, width, width)),
      ...linearEntries(`${prefix}.feed_forward.linears.0`, width, width),
      ...norm(`${prefix}.sublayer.0.norm`),
      ...norm(`${prefix}.sublayer.1.norm`),
    ];
  };
  return [
    ...Array.from({ length: layers }, (_, k) => layer(k)).flat(),
    ...norm("encoder.norm"),
    ...linearEntries("src_embed.lut", width, atomFeatureCount),
  ];
}

function pretrainingEntries(config: Csg2aConfig): Entry[] {
  const { genes, hiddenWidth, mat } = config;
  return [
    weight("w_gex", genes, hiddenWidth),
    weight("w_comp", genes, hiddenWidth),
    weight("CCE.comp_proj.0.weight", genes, mat.width + 2 * doseTimeWidth),
    ...batchNormEntries("CCE.comp_proj.1", genes),
    ...linearEntries("CCE.time_enc", doseTimeWidth, 1),
    ...linearEntries("CCE.dose_enc", doseTimeWidth, 1),
    ...matEntries(config).map((entry) => ({ ...entry, key: `CCE.MAT.${entry.key}` })),
    weight("feed_forward.0.weight", genes),
    weight("feed_forward.0.bias", genes),
    weight("feed_forward.3.weight", genes, genes),
  ];
}

function headEntries({ genes, headWidths: [wide, narrow] }: Csg2aConfig): Entry[] {
  const projection = (
    key: string,
  ) => [...linearEntries(`${key}.0`, wide, genes), ...batchNormEntries(`${key}.1`, wide)];
  return [
    ...linearEntries("pred_head.0", wide, 3 * wide),
    ...batchNormEntries("pred_head.1", wide),
    ...linearEntries("pred_head.4", narrow, wide),
    ...batchNormEntries("pred_head.5", narrow),
    ...linearEntries("pred_head.8", 1, narrow),
    ...projection("agex_proj"),
    ...projection("bgex_proj"),
    ...projection("comp_proj"),
  ];
}

/** The state_dict of the pretraining network: keys, shapes and order of csg2a.md 2.7. */
export function pretrainingSpecs(config: Csg2aConfig): ParameterSpec[] {
  return pretrainingEntries(config).map((entry) => ({ ...entry, trainable: entry.kind === "parameter" }));
}

/** The state_dict of the fine-tuning network; a frozen transferred network has no gradient and no moments. */
export function finetuningSpecs(config: Csg2aConfig): ParameterSpec[] {
  const own = (entry: Entry): ParameterSpec => ({ ...entry, trainable: entry.kind === "parameter" });
  return [
    own(weight("scalar", 1)),
    own(weight("bias", 1)),
    ...pretrainingEntries(config).map((entry): ParameterSpec => ({
      ...entry,
      key: `CSG2A.${entry.key}`,
      trainable: entry.kind === "parameter" && !config.frozen,
    })),
    ...headEntries(config).map(own),
  ];
}
