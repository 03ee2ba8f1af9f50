import { approvedSymbol, symbolOfEntrez } from "../identity/gene_identity.ts";
import { expressionScale, valueRange } from "../readers/expression_scale.ts";
import type { MatrixFile } from "./matrix_file.ts";

/** How the features of a matrix are called. */
export type FeatureIds = "symbols" | "Entrez" | "Ensembl" | "probes" | "unknown";

/** What the values of a matrix look like. */
export interface ValueFacts {
  /** Told by the range of those that were looked at; null where there are none. */
  readonly scale: "counts" | "log2" | "z" | "large" | null;
  /** Least and largest of them. */
  readonly range: readonly [number, number] | null;
  /** How many of them are missing. */
  readonly missing: number;
  /** How many were looked at. */
  readonly looked: number;
}

/** As the field says it. */
const scaleWords = { counts: "counts", log: "log2", "z-scores": "z", large: "large" } as const;

/** Samples of a large file that are looked at, evenly spaced. */
const sampled = 64;

/** Which kind most of the names are of. */
export function featureIds(names: readonly string[]): FeatureIds {
  const kinds: [FeatureIds, (name: string) => boolean][] = [
    ["Ensembl", (name) => /^ENSG\d{11}(\.\d+)?$/.test(name)],
    ["probes", (name) => /_(at|st)$/.test(name)],
    ["Entrez", (name) => /^\d+$/.test(name) && symbolOfEntrez(name) !== undefined],
    ["symbols", (name) => /^[A-Z][A-Z0-9-]+$/.test(name) || approvedSymbol(name) !== undefined],
  ];
  const found = kinds.find(([, is]) => names.filter(is).length > names.length / 2);
  return found?.[0] ?? "unknown";
}

/** Looks at some samples of a matrix. */
export function valueFacts(file: MatrixFile): ValueFacts {
  const count = file.samples.ids.length, step = Math.max(1, Math.floor(count / sampled));
  const known: number[] = [];
  let looked = 0;
  for (let sample = 0; sample < count; sample += step) {
    const values = file.read(sample, sample + 1);
    looked += values.length;
    for (const value of values) if (!Number.isNaN(value)) known.push(value);
  }
  return { ...factsOf(Float32Array.from(known)), missing: looked - known.length, looked };
}

/** Scale and range of known values. */
export function factsOf(known: Float32Array): Pick<ValueFacts, "scale" | "range"> {
  if (known.length === 0) return { scale: null, range: null };
  const range = valueRange([known]);
  return { scale: scaleWords[expressionScale(range)], range: [range.least, range.most] };
}

/** Features that the file itself marks as measured (landmark) genes; null where it marks none. */
export function landmarks({ features: { fields } }: MatrixFile): number | null {
  const marks = fields.get("pr_is_lm") ?? fields.get("pr_is_lmark") ?? fields.get("feature_space");
  return marks === undefined ? null : marks.filter((mark) => /^(1|y|yes|true|landmark)$/i.test(mark)).length;
}
