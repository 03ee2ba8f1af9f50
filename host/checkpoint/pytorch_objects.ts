import { CheckpointError } from "./checkpoint_error.ts";
import type { Dtype } from "./stored_tensor.ts";
import { PickleGlobal, PickleObject, type PickleRules, type PickleValue } from "./unpickle.ts";

/** A run of values of a PyTorch file, which lies outside the pickle. */
export class StorageReference {
  constructor(
    readonly key: string,
    readonly dtype: Dtype,
    /** Elements in the whole storage. */
    readonly count: number,
    /** Where this view of it begins, in elements. */
    readonly start: number,
  ) {}
}

/** A strided view of a storage: what PyTorch calls a tensor. Offset and strides count elements. */
export class TensorReference {
  constructor(
    readonly storage: StorageReference,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

const storageDtypes: Readonly<Record<string, Dtype>> = {
  "torch.FloatStorage": "F32",
  "torch.DoubleStorage": "F64",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

/** PyTorch's name for the storage class of an element type, or undefined where it has none. */
export function storageClassOf(dtype: Dtype): string | undefined {
  return Object.keys(storageDtypes).find((name) => storageDtypes[name] === dtype);
}

const callables = new Set([
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  "torch.nn.parameter.Parameter",
  "torch.Size",
]);

/**
 * Classes that checkpoints hold beside their weights, by the pattern of their names: modules and TorchScript's (whose parameters are
 * attributes), options, and values of NumPy and torch that are no weights. Their objects become plain records of attributes.
 */
const inert = [
  /^(torch\.nn\.modules\.|torch\.nn\.parallel\.|__torch__\.)[\w.]+$/,
  /^(argparse\.Namespace|types\.SimpleNamespace)$/,
  /^numpy\.(_?core\.(multiarray|numeric)\.(scalar|_reconstruct|_frombuffer)|dtype|ndarray|dtypes\.\w+|(float|int|uint|bool)_?\d*)$/,
  /^_codecs\.encode$/,
  /^torch\.(device|float\d+|double|half|bfloat16|int\d+|long|uint8|bool|strided|contiguous_format)$/,
  /^(__builtin__|builtins)\.(set|frozenset|list|dict|int|float|str|object|bytearray|complex)$/,
  /^collections\.(defaultdict|Counter)$/,
  /^copy_?reg\._reconstructor$/,
  /^pathlib\.(PosixPath|WindowsPath|Path|PurePosixPath)$/,
  /^datetime\.(datetime|date|timedelta)$/,
];

/** Whether a name is of one of these classes. */
export function isInert(name: string): boolean {
  return inert.some((pattern) => pattern.test(name));
}

/** The rules, and every storage that a pickle read under them has mentioned. */
export interface PytorchRules extends PickleRules {
  readonly storages: ReadonlyMap<string, StorageReference>;
}

/**
 * What a PyTorch file of weights may mention: the list of csg2a.md section 7, each entry imitated by a plain record.
 * Everything else is refused by name.
 */
export function pytorchRules(file: string): PytorchRules {
  const storages = new Map<string, StorageReference>();
  /** Pairs that were copied into new dicts: a list recalled many times must not cost its length each time. */
  let copied = 0;
  const fail = (what: string): never => {
    throw new CheckpointError(`${file}: ${what}; the file is damaged or was not written by PyTorch.`);
  };
  return {
    storages,
    allow: (name) => callables.has(name) || Object.hasOwn(storageDtypes, name) || isInert(name),

    call(name, args) {
      switch (name) {
        case "collections.OrderedDict":
          copied += sizeOf(args[0]);
          if (copied > mostCopies) {
            fail(`dicts are copied more than ${mostCopies.toLocaleString("en")} pairs long`);
          }
          return orderedDict(args) ?? fail("an OrderedDict is built from something that is no list of pairs");
        case "torch.Size":
          return isSizes(args[0])
            ? args[0]
            : fail("a torch.Size is built from something that is no list of sizes");
        case "torch._utils._rebuild_tensor_v2": {
          const [storage, offset, shape, strides] = args;
          if (
            storage instanceof StorageReference && isSize(offset) && isSizes(shape) && isSizes(strides) &&
            shape.length === strides.length
          ) {
            return new TensorReference(storage, offset, shape, strides);
          }
          return fail("a tensor is built from something that is no storage, offset, shape and strides");
        }
        case "torch._utils._rebuild_parameter":
        case "torch.nn.parameter.Parameter":
          return args[0] instanceof TensorReference
            ? args[0]
            : fail("a Parameter is built from something that is no tensor");
        default:
          if (/\.(set|frozenset)$/.test(name)) return Array.isArray(args[0]) ? args[0] : [];
          if (isInert(name)) return new PickleObject();
          return fail(`${name} is called, which nothing needs`);
      }
    },

    persistent(id) {
      // The location (fourth item: "cpu", "cuda:0", ...) says where the tensor was, which is of no interest here.
      if (!Array.isArray(id) || id[0] !== "storage") return fail("a persistent id is not that of a storage");
      const [, storageClass, key, , count, viewOf] = id;
      const dtype = storageClass instanceof PickleGlobal ? storageDtypes[storageClass.name] : undefined;
      if (!dtype || typeof key !== "string" || !isSize(count)) {
        return fail("a storage lacks its class, key or element count");
      }
      const whole = storages.get(key) ?? new StorageReference(key, dtype, count, 0);
      if (whole.dtype !== dtype || whole.count !== count) {
        return fail(`storage ${key} is described in two ways`);
      }
      storages.set(key, whole);
      if (viewOf === undefined || viewOf === null) return whole;
      // Legacy files only: (key of this view, first element, elements).
      const start = Array.isArray(viewOf) ? viewOf[1] : undefined;
      return isSize(start)
        ? new StorageReference(key, dtype, count, start)
        : fail("a view of a storage lacks its start");
    },
  };
}

/** Pairs of dicts built from other dicts or lists, all together. */
const mostCopies = 1_000_000;

/** How many items a list or dict has; 0 of anything else. */
function sizeOf(value: PickleValue | undefined): number {
  return Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0;
}

/** More axes than any tensor has. */
const mostAxes = 64;

function orderedDict(args: PickleValue[]): Map<PickleValue, PickleValue> | undefined {
  const pairs = args[0] ?? [];
  if (pairs instanceof Map) return new Map(pairs as Map<PickleValue, PickleValue>);
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return undefined;
  }
  return new Map(pairs as [PickleValue, PickleValue][]);
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= mostAxes && value.every(isSize);
}
