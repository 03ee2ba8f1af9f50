import { UserError } from "../datasets/user_error.ts";
import { dawnFacts } from "./survey/adapter_facts.ts";

/** What a shader says to be run in subgroups of one size. Source: Dawn's extension `subgroup_size_control`. */
export function inSubgroupsOf(size: number, code: string): string {
  if (!/\benable subgroups;/.test(code)) return code;
  return `enable subgroup_size_control;\n${code.replace(/@compute\b/, `@compute @subgroup_size(${size})`)}`;
}

/**
 * A WebGPU on which shaders with subgroup operations run in subgroups of one size: a driver chooses its own otherwise, and
 * a form that is right for 32 lanes may be wrong for 64.
 *
 * @throws {UserError} where the adapter lets no shader choose, or not that size
 */
export async function withSubgroupSize(gpu: GPU, size: number): Promise<GPU> {
  const { adapter: name, sized, least, most } = await dawnFacts(gpu);
  if (!sized) {
    throw new UserError(
      `${name} does not let shaders choose a subgroup size here; leave --subgroup-size out, or give --backend dawn.`,
    );
  }
  if (size < (least ?? 1) || size > (most ?? Infinity) || (size & (size - 1)) !== 0) {
    throw new UserError(
      `--subgroup-size is ${size}, expected a power of two from ${least ?? 1} to ${
        most ?? "unknown"
      } on ${name}.`,
    );
  }
  const requestAdapter: GPU["requestAdapter"] = async (options) => {
    const adapter = await gpu.requestAdapter(options);
    if (!adapter) return null;
    const open = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor = {}) => {
      const features = [...descriptor.requiredFeatures ?? [], "subgroup-size-control" as GPUFeatureName];
      const device = await open({ ...descriptor, requiredFeatures: features });
      const compile = device.createShaderModule.bind(device);
      device.createShaderModule = (module) => compile({ ...module, code: inSubgroupsOf(size, module.code) });
      return device;
    };
    return adapter;
  };
  return { requestAdapter } as GPU;
}
