import { UserError } from "../../datasets/user_error.ts";
import type { Chip } from "../lens/chips.ts";
import { type Roofline, rooflineShare } from "../roofline/roofline.ts";
import { loadCapture } from "./capture_folder.ts";
import { type EditLens, editLens } from "./edit_lens.ts";
import {
  declared,
  replayCaptured,
  type ReplayOptions,
  type ReplayResult,
  right,
  type ShaderText,
} from "./replay_captured.ts";

/** What differs from the captured dispatch; without a path the captured text runs with other settings. */
export type EditedShader = Omit<ShaderText, "file" | "code"> & { readonly path?: string };

/** A captured dispatch and, where there is one, its edit, run beside one another. */
export interface EditResult {
  readonly kernel: string;
  readonly operation: string;
  readonly source: string;
  readonly captured: ReplayResult;
  readonly edited: ReplayResult | null;
  /** Captured over edited: the median of the runs' ratios, of medians where there are fewer than five. */
  readonly speedup: number | null;
  /** Its 99 % interval; null of fewer than five runs. */
  readonly speedup_interval: readonly [number, number] | null;
  /** Share of what the roofline allows at the kernel's operations a byte. */
  readonly roofline_share: number | null;
  /** What the edit changes in the machine code of GPUs that are not here; empty without an edit or their compilers. */
  readonly lens: readonly EditLens[];
  readonly tolerance: number;
  /** Whether all outputs (the edit's, where there is one) agree with the captured ones within the tolerance. */
  readonly passed: boolean;
}

/** Runs the dispatch of a folder, and an edit of it. @throws {UserError} when the folder or the edit is not sound. */
export async function runEdited(
  gpu: GPU,
  folder: string,
  edit: EditedShader | undefined,
  options: ReplayOptions & {
    readonly roofline?: Roofline;
    /** Chips whose machine code is compared, with the folder of their compilers; none where absent. */
    readonly lens?: { readonly chips: readonly Chip[]; readonly cache: string };
  },
): Promise<EditResult> {
  const capture = await loadCapture(folder);
  const shaders: ShaderText[] = [{ file: `${folder}/kernel.wgsl`, code: capture.code }];
  if (edit) {
    const { path, ...settings } = edit;
    const code = path === undefined ? capture.code : await Deno.readTextFile(path).catch((error) => {
      throw new UserError(`${path}: the file cannot be read (${error.message}); check the path.`);
    });
    shaders.push({ file: path ?? "with other settings", code, ...settings });
  }
  const [captured, edited = null] = await replayCaptured(gpu, capture, shaders, options);
  const { kernel, operation, source, constants } = capture.description;
  const [before, after] = shaders.map(({ file, code, constants: own }) => ({
    name: file,
    code,
    constants: { ...declared(code, constants), ...own },
  }));
  const judged = edited ?? captured;
  const { roofline, tolerance } = options;
  return {
    kernel,
    operation,
    source,
    captured,
    edited,
    speedup: edited?.times && captured.times
      ? edited.times.speedup?.ratio ?? captured.times.ms_median / edited.times.ms_median
      : null,
    speedup_interval: edited?.times?.speedup ? [edited.times.speedup.low, edited.times.speedup.high] : null,
    roofline_share: roofline && judged.times ? rooflineShare(judged.times, roofline) : null,
    lens: after && options.lens ? await editLens(before, after, options.lens.chips, options.lens.cache) : [],
    tolerance,
    passed: right(judged.outputs, tolerance),
  };
}
