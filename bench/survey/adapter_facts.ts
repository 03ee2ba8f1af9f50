import { type MatrixUnitInfo, matrixUnitsOf } from "../../kernels/matmul/matrix_units.ts";

/** What decides which parts of a survey can be done. */
export interface SurveyFacts {
  /** Subgroup sizes of 32 and 64 that shaders may ask for. */
  readonly subgroupSizes: readonly number[];
  /** Why subgroup forms cannot run; undefined where they can. */
  readonly noSubgroups?: string;
  /** Why the product on matrix units cannot run; undefined where it can. */
  readonly noMatrixUnits?: string;
  /** Why PyTorch cannot be measured; undefined where it can. */
  readonly noTorch?: string;
}

/** What Dawn tells of its adapter. */
export interface DawnFacts {
  readonly adapter: string;
  readonly subgroups: boolean;
  /** Whether shaders may ask for a size. */
  readonly sized: boolean;
  readonly least: number | null;
  readonly most: number | null;
  readonly features: readonly string[];
  /** Shapes of its matrix units, as it lists them. */
  readonly subgroupMatrices: readonly unknown[];
  /** Whether the product on matrix units can use one of them. */
  readonly matrixUnits: boolean;
}

/** The sizes among those of GPUs that an adapter offers. */
export function offeredSizes({ sized, least, most }: DawnFacts): number[] {
  return sized ? [32, 64].filter((size) => size >= (least ?? Infinity) && size <= (most ?? 0)) : [];
}

/** Describes the adapter of this process. */
export async function dawnFacts(gpu: GPU): Promise<DawnFacts> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("there is no adapter");
  const info: GPUAdapterInfo & MatrixUnitInfo = adapter.info;
  const { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs } = info;
  const features = new Set<string>(adapter.features);
  return {
    adapter: info.description || info.device || info.vendor,
    subgroups: features.has("subgroups"),
    sized: features.has("subgroup-size-control"),
    least: subgroupMinSize ?? null,
    most: subgroupMaxSize ?? null,
    features: [...features].sort(),
    // By name: these are no plain objects.
    subgroupMatrices: [...subgroupMatrixConfigs ?? []].map(
      ({ componentType, resultComponentType, M, N, K }) => ({ componentType, resultComponentType, M, N, K }),
    ),
    matrixUnits: matrixUnitsOf(adapter.features, info) !== undefined,
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await dawnFacts(navigator.gpu)));
  Deno.exit(0);
}
