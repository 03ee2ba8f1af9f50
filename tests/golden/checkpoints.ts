import { readPytorchFile } from "../../host/checkpoint/pytorch_reader.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { elementCount, type StoredTensor, toFloat32 } from "../../host/checkpoint/stored_tensor.ts";

/** Outcome of comparing one file with its golden values. */
export interface GoldenCheck {
  readonly name: string;
  /** Largest absolute difference. */
  readonly worst: number;
  readonly tolerance: number;
  readonly passed: boolean;
  readonly detail?: string;
}

interface CheckpointManifest {
  readonly file: string;
  readonly config: {
    readonly files?: readonly string[];
    readonly key_order?: readonly string[];
    readonly dtypes?: Readonly<Record<string, string>>;
    readonly i64_exact?: readonly number[];
    readonly nested?: unknown;
  };
}

/** PyTorch's name of an element type as safetensors names it. */
const dtypeNames: Readonly<Record<string, string>> = {
  "torch.float32": "F32",
  "torch.float64": "F64",
  "torch.float16": "F16",
  "torch.bfloat16": "BF16",
  "torch.int64": "I64",
  "torch.int32": "I32",
  "torch.int16": "I16",
  "torch.int8": "I8",
  "torch.uint8": "U8",
  "torch.bool": "BOOL",
};

/**
 * Checks the `.pt` files that belong to one `expected_*.json` manifest of a golden checkpoints folder: every tensor,
 * bit for bit after rounding to float32 (a reader computes nothing, so the tolerance is 0), key order, element
 * types, and the values that are no tensors.
 *
 * The files are those that the manifest lists, else those of the same stem (`expected_X` -> `X.*.pt`). The manifest
 * of the tricky file also stands for `cuda_tag`, `nested` and `big_count`, whose contents its description gives.
 * @param manifestName such as `expected_pretrain_small.json`
 */
export async function checkCheckpoint(folder: string, manifestName: string): Promise<GoldenCheck[]> {
  const manifest = JSON.parse(await Deno.readTextFile(`${folder}/${manifestName}`)) as CheckpointManifest;
  const expected = readSafetensors(await Deno.readFile(`${folder}/${manifest.file}`), manifest.file);
  const stem = manifestName.replace(/^expected_/, "").replace(/\.json$/, "");
  const present = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) =>
    name.endsWith(".pt")
  ).sort();
  const files = manifest.config.files ?? present.filter((name) => name.startsWith(`${stem}.`));
  const checks = files.map((name) =>
    check(folder, name, (found, other) => compareState(manifest, expected, found, other))
  );
  if (manifest.config.nested !== undefined) {
    for (const [extra, compare] of Object.entries(describedFiles(manifest))) {
      checks.push(
        ...present.filter((name) => name.startsWith(`${extra}.`)).map((name) => check(folder, name, compare)),
      );
    }
  }
  return Promise.all(checks);
}

/** Compares the contents of a file: gives the worst difference, throws an Error that says what else is wrong. */
type Compare = (tensors: ReadonlyMap<string, StoredTensor>, other: unknown) => number;

async function check(folder: string, name: string, compare: Compare): Promise<GoldenCheck> {
  try {
    const { tensors, other } = await readPytorchFile(`${folder}/${name}`);
    const worst = compare(tensors, other);
    return { name, worst, tolerance: 0, passed: worst === 0, detail: `${tensors.size} tensors` };
  } catch (error) {
    return { name, worst: Infinity, tolerance: 0, passed: false, detail: (error as Error).message };
  }
}

function compareState(
  manifest: CheckpointManifest,
  expected: ReadonlyMap<string, StoredTensor>,
  found: ReadonlyMap<string, StoredTensor>,
  _other: unknown,
): number {
  const { dtypes, i64_exact: exact, key_order: order } = manifest.config;
  if (order) same("key order", [...found.keys()], order);
  same("keys", [...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, dtype] of Object.entries(dtypes ?? {})) {
    same(`dtype of ${name}`, found.get(name)?.dtype, dtypeNames[dtype]);
  }
  const long = found.get("i64");
  if (exact && long) same("int64 values", [...long.data].map(Number), exact);
  return Math.max(
    0,
    ...[...expected].map(([name, tensor]) =>
      difference(name, found.get(name), tensor.shape, toFloat32(tensor))
    ),
  );
}

/** Files whose contents only the manifest's description gives. */
function describedFiles(manifest: CheckpointManifest): Record<string, Compare> {
  return {
    cuda_tag: (tensors) => {
      const count = tensors.get("w")?.data.length ?? 0;
      return difference(
        "w",
        tensors.get("w"),
        tensors.get("w")?.shape ?? [],
        Float32Array.from({ length: count }, (_, i) => i),
      );
    },
    nested: (tensors, other) => {
      const rest = structuredClone(manifest.config.nested) as Record<string, unknown>;
      const weights = rest.model_state_dict as Record<string, unknown>;
      rest.model_state_dict = {};
      same("values that are no tensors", other, rest);
      return Math.max(
        ...Object.entries(weights).map(([key, values]) => {
          const flat = [values].flat(Infinity) as number[];
          return difference(
            key,
            tensors.get(`model_state_dict.${key}`),
            shapeOf(values),
            Float32Array.from(flat),
          );
        }),
      );
    },
    big_count: (tensors) => {
      const count = tensors.get("big")?.data.length ?? 0;
      if (count < 65_536) throw new Error(`big has ${count} elements, too few to need a 4-byte integer`);
      const big = Float32Array.from({ length: count }, (_, i) => i % 251);
      return Math.max(
        difference("big", tensors.get("big"), [big.length], big),
        difference("after", tensors.get("after"), [2], Float32Array.of(1.5, -2.5)),
      );
    },
  };
}

function difference(
  name: string,
  found: StoredTensor | undefined,
  shape: readonly number[],
  expected: Float32Array,
): number {
  if (!found) throw new Error(`tensor ${name} is missing`);
  same(`shape of ${name}`, found.shape, shape);
  const values = toFloat32(found);
  if (values.length !== expected.length || elementCount(shape) !== expected.length) {
    throw new Error(`tensor ${name} has ${values.length} values, expected ${expected.length}`);
  }
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(values[i] - expected[i]);
    // Not Math.max: NaN must count as a difference.
    if (!(gap <= worst)) worst = Number.isNaN(gap) ? Infinity : gap;
  }
  return worst;
}

function shapeOf(values: unknown): number[] {
  return Array.isArray(values) ? [values.length, ...shapeOf(values[0])] : [];
}

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: found ${a?.slice(0, 200)}, expected ${b?.slice(0, 200)}`);
}
