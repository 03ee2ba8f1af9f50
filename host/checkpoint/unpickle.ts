import { CheckpointError } from "./checkpoint_error.ts";

/** What a pickle may build here. Tuples and lists are arrays, dicts are Maps; `object` is what `PickleRules` made. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | object;

/** A name (`module.attribute`) that the pickle mentions and the rules allow. It is only a label: nothing is imported. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/**
 * What an object of a class that the rules allow would hold: its attributes by name. The class is not looked at, and nothing of it
 * runs; an object whose content is of no interest stays empty.
 */
export class PickleObject extends Map<PickleValue, PickleValue> {}

/** The three places where a pickle reaches outside itself; each decides what is allowed and throws otherwise. */
export interface PickleRules {
  /** The pickle mentions a name. */
  allow(name: string): boolean;
  /** The pickle calls an allowed name. */
  call(name: string, args: PickleValue[]): PickleValue;
  /** The pickle refers to data outside itself by a persistent id. */
  persistent(id: PickleValue): PickleValue;
}

/** Items copied from one dict into others, all together: a dict recalled many times must not cost its size each time. */
const mostCopies = 1_000_000;

/** A place that MARK put on the stack. */
const mark = Symbol("mark");
type StackItem = PickleValue | typeof mark;

/**
 * Decodes one pickle of protocol 2 to 5, restricted to the opcodes that PyTorch's files of weights use. Any other opcode, any
 * name outside the rules' list and any malformed byte is an error; nothing of the pickle is ever executed.
 *
 * Source: csg2a.md section 7; Python's `pickletools` for the encoding of each opcode.
 * @param at where the pickle begins
 * @returns the value, and the position after the pickle's STOP
 * @throws {CheckpointError} naming file and position.
 */
export function unpickle(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  rules: PickleRules,
  file: string,
): { value: PickleValue; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: StackItem[] = [];
  const memo = new Map<number, PickleValue>();
  let position = at, copied = 0;

  const fail = (what: string): never => {
    throw new CheckpointError(`${file}, byte ${position}: ${what}; nothing was executed.`);
  };
  const take = (count: number): number => {
    if (count > bytes.length - position) {
      fail(`the pickle ends in the middle of a value, the file has been cut or damaged`);
    }
    position += count;
    return position - count;
  };
  const uint8 = () => view.getUint8(take(1));
  const pop = (): PickleValue => {
    const value = stack.pop();
    return value === undefined || value === mark
      ? fail("the pickle takes a value where there is none") as never
      : value as PickleValue;
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popToMark = (): PickleValue[] => {
    const start = stack.lastIndexOf(mark);
    if (start < 0) fail("the pickle closes a group that it never opened");
    return stack.splice(start).slice(1) as PickleValue[];
  };
  const append = (values: PickleValue[]) => {
    const list = top();
    if (!Array.isArray(list)) return fail("the pickle appends to something that is no list");
    for (const value of values) list.push(value);
  };
  const setItems = (values: PickleValue[]) => {
    const dict = top();
    if (!(dict instanceof Map)) return fail("the pickle sets items of something that is no dict");
    if (values.length % 2 !== 0) fail("the pickle gives a dict a key without a value");
    for (let i = 0; i < values.length; i += 2) dict.set(values[i], values[i + 1]);
  };
  const get = (slot: number) => {
    const value = memo.get(slot);
    stack.push(value === undefined ? fail(`the pickle recalls value ${slot}, which it never kept`) : value);
  };
  const text = (length: number) =>
    decodeText(bytes.subarray(take(length), position)) ?? fail("the pickle holds text that is not UTF-8");
  const line = () => {
    const end = bytes.indexOf(0x0a, position);
    if (end < 0) fail("the pickle ends in the middle of a name, the file has been cut or damaged");
    const name = text(end - position);
    position = end + 1;
    return name;
  };
  const global = (name: string) => {
    if (!rules.allow(name)) {
      fail(
        `the file asks for ${name}, which a file of weights has no need of, so it is refused: in Python save model.state_dict() alone`,
      );
    }
    stack.push(new PickleGlobal(name));
  };
  const tuple = (length: number) => {
    const items: PickleValue[] = [];
    for (let i = 0; i < length; i++) items.unshift(pop());
    stack.push(items);
  };

  while (true) {
    const opcode = uint8();
    switch (opcode) {
      case 0x80: { // PROTO
        const protocol = uint8();
        if (protocol < 2 || protocol > 5) {
          fail(
            `pickle protocol ${protocol}, expected 2 to 5: save it again with torch.save's default protocol`,
          );
        }
        break;
      }
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x28: // MARK
        stack.push(mark);
        break;
      case 0x58: // BINUNICODE
        stack.push(text(view.getUint32(take(4), true)));
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(uint8());
        break;
      case 0x4d: // BININT2
        stack.push(view.getUint16(take(2), true));
        break;
      case 0x8a: { // LONG1
        const length = uint8();
        stack.push(decodeLong(bytes.subarray(take(length), position)));
        break;
      }
      case 0x47: // BINFLOAT, the one big-endian value
        stack.push(view.getFloat64(take(8), false));
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x74: // TUPLE
        stack.push(popToMark());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        tuple(opcode - 0x84);
        break;
      case 0x73: { // SETITEM
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        setItems(popToMark());
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popToMark());
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(text(uint8()));
        break;
      case 0x43: // SHORT_BINBYTES
        take(uint8());
        stack.push(new PickleObject());
        break;
      case 0x42: // BINBYTES
        take(view.getUint32(take(4), true));
        stack.push(new PickleObject());
        break;
      case 0x95: // FRAME: how many bytes follow, for readers of streams
        take(8);
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x8f: // EMPTY_SET
        stack.push([]);
        break;
      case 0x90: // ADDITEMS
        append(popToMark());
        break;
      case 0x63: // GLOBAL
        global(`${line()}.${line()}`);
        break;
      case 0x93: { // STACK_GLOBAL
        const attribute = pop(), module = pop();
        if (typeof module !== "string" || typeof attribute !== "string") {
          fail("the pickle names something by no text");
        }
        global(`${module}.${attribute}`);
        break;
      }
      case 0x81: { // NEWOBJ: an object of an allowed class, without its constructor
        const args = pop(), cls = pop();
        if (!(cls instanceof PickleGlobal) || !Array.isArray(args)) {
          fail("the pickle makes an object of something that is no class");
        }
        stack.push(rules.call((cls as PickleGlobal).name, args as PickleValue[]));
        break;
      }
      case 0x52: { // REDUCE
        const args = pop();
        const callee = pop();
        if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) {
          fail("the pickle calls something that is no function");
        }
        stack.push(rules.call((callee as PickleGlobal).name, args as PickleValue[]));
        break;
      }
      case 0x62: { // BUILD: attributes of an object, or such as a state_dict's _metadata, which nothing needs
        const state = pop(), target = top();
        if (!(target instanceof Map)) fail("the pickle sets attributes of something that is no dict");
        if (target instanceof PickleObject && state instanceof Map) {
          copied += state.size;
          if (copied > mostCopies) {
            fail(
              `attributes are set from dicts of more than ${mostCopies.toLocaleString("en")} items in all`,
            );
          }
          for (const [name, value] of state) target.set(name, value);
        }
        break;
      }
      case 0x71: // BINPUT
        memo.set(uint8(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(view.getUint32(take(4), true), top());
        break;
      case 0x68: // BINGET
        get(uint8());
        break;
      case 0x6a: // LONG_BINGET
        get(view.getUint32(take(4), true));
        break;
      case 0x51: // BINPERSID
        stack.push(rules.persistent(pop()));
        break;
      case 0x2e: { // STOP
        const value = pop();
        if (stack.length > 0) fail("the pickle ends with values left over");
        return { value, end: position };
      }
      default:
        fail(
          `pickle opcode 0x${
            opcode.toString(16).padStart(2, "0")
          } does not occur in files of weights, so it is refused`,
        );
    }
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A little-endian two's-complement integer of any length, as a number where that is exact. */
function decodeLong(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]);
  if (bytes.length > 0 && bytes[bytes.length - 1] & 0x80) value -= 1n << BigInt(8 * bytes.length);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
