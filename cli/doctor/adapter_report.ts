/** What is known of an adapter before a device is opened. */
export interface AdapterReport {
  /** As the driver calls itself. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  readonly limits: readonly LimitReport[];
  readonly features: readonly string[];
  /** Features that speed things up or show more, and whether the adapter has them. */
  readonly wanted: readonly { readonly feature: string; readonly use: string; readonly present: boolean }[];
}

/** One limit beside the value that every WebGPU adapter guarantees. */
export interface LimitReport {
  readonly name: string;
  readonly value: number;
  readonly guaranteed: number;
  readonly unit: "bytes" | "";
}

/** The limits that decide how kernels are split, with WebGPU's defaults. */
const limits = [
  ["maxBufferSize", 268_435_456, "bytes"],
  ["maxStorageBufferBindingSize", 134_217_728, "bytes"],
  ["maxStorageBuffersPerShaderStage", 8, ""],
  ["maxComputeInvocationsPerWorkgroup", 256, ""],
  ["maxComputeWorkgroupStorageSize", 16_384, "bytes"],
  ["maxComputeWorkgroupsPerDimension", 65_535, ""],
] as const;

const wanted = [
  ["timestamp-query", "kernel times on the device's clock"],
  ["shader-f16", "half precision (optional)"],
] as const;

/** Describes an adapter. (Subgroups are left out: Deno does not list them even where they work.) */
export function reportAdapter(adapter: GPUAdapter): AdapterReport {
  const { description, device, vendor, architecture, isFallbackAdapter } = adapter.info;
  return {
    name: description || device || "unnamed",
    vendor,
    architecture,
    software: isFallbackAdapter || /llvmpipe|swiftshader|lavapipe/i.test(description),
    limits: limits.map(([name, guaranteed, unit]) => ({
      name,
      value: adapter.limits[name],
      guaranteed,
      unit,
    })),
    features: [...adapter.features].sort(),
    wanted: wanted.map(([feature, use]) => ({ feature, use, present: adapter.features.has(feature) })),
  };
}
