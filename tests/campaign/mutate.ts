import { joined } from "../support/joined.ts";
import type { Draws } from "./random.ts";

/** Bits turned, bytes replaced, a stretch removed, doubled or moved, the end cut. */
export function mutateBytes(bytes: Uint8Array, draws: Draws, from = 0): Uint8Array<ArrayBuffer> {
  const at = from + draws.below(bytes.length - from), length = 1 + draws.below(40);
  const part = bytes.slice(at, at + length);
  switch (draws.below(6)) {
    case 0: {
      const copy = bytes.slice();
      copy[at] ^= 1 << draws.below(8);
      return copy;
    }
    case 1:
      return joined(bytes.subarray(0, at), part.map(() => draws.below(256)), bytes.subarray(at + length));
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 3:
      return joined(bytes.subarray(0, at), part, bytes.subarray(at));
    case 4: {
      const copy = bytes.slice(), to = from + draws.below(bytes.length - from);
      copy.set(part.subarray(0, copy.length - to), to);
      return copy;
    }
    default:
      return bytes.slice(0, at);
  }
}

/** Cells that tables were seen to hold, or that were made to be misread. */
const cells = [
  ...[
    "",
    " ",
    "NA",
    "NaN",
    "-666",
    "inf",
    "-inf",
    "1e400",
    "1e-400",
    "1e39",
    "-0",
    "0x10",
    "1,5",
    "1.234,5",
    "١",
  ],
  ...[
    "9007199254740993",
    "1e308",
    "null",
    "true",
    "=1+1",
    "@x",
    '"',
    '""',
    "'",
    "\0",
    "\u0000a",
    "\ufeff",
    "\ufffd",
  ],
  ...[
    "a\nb",
    "a\r\nb",
    "é",
    "Ω",
    "DROP TABLE",
    "../../x",
    "<script>",
    "__proto__",
    "constructor",
    "toString",
    "\ud800",
  ],
  ...[
    "C1CC",
    "[",
    "c1ccccc1",
    "C".repeat(70),
    "x".repeat(5000),
    "10uM",
    "10 nM",
    "6h",
    "-5",
    "2024-01-02",
    "1-Mar",
  ],
];

/** A table of text with a cell, a row, a column, a separator, a quote or a line end changed. */
export function mutateTable(text: string, separator: string, draws: Draws): string {
  const rows = text.replace(/\n$/, "").split("\n").map((row) => row.split(separator));
  const row = draws.below(rows.length), column = draws.below(rows[row].length);
  const join = (by = "\n") => rows.map((cells) => cells.join(separator)).join(by) + by;
  switch (draws.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
      rows[row][column] = draws.of(cells);
      return join();
    case 4:
      rows[row].splice(column, 1);
      return join();
    case 5:
      rows[row].splice(column, 0, draws.of(cells));
      return join();
    case 6:
      rows.splice(row, 1);
      return join();
    case 7:
      rows.splice(draws.below(rows.length), 0, rows[row]);
      return join();
    case 8:
      for (const cells of rows) cells.splice(column, 1);
      return join();
    case 9:
      for (const cells of rows) cells.splice(column, 0, cells[0] ?? "");
      return join();
    case 10:
      return join(draws.of(["\r\n", "\r", "\n\n", "\u2028"]));
    case 11:
      rows[row][column] = `"${rows[row][column]}`;
      return join();
    case 12: {
      const whole = join(), at = draws.below(whole.length);
      return whole.slice(0, at) + draws.of([",", "\t", ";", '"', "\n", "\0", "\ufffd", "'"]) +
        whole.slice(at);
    }
    default: {
      const whole = join();
      return whole.slice(0, draws.below(whole.length));
    }
  }
}

const oddValues = (draws: Draws): unknown =>
  draws.of<unknown>([
    ...[null, true, "", "x", -1, 0, 1, 1.5, 1e308, 2 ** 53, -0, [], {}, [[]], "\0", "é".repeat(2000)],
    ...[{ a: {} }, [1, 2, 3], "F32", "perturbine run 99", "../..", "__proto__"],
  ]);

/** JSON with a value exchanged, a field gone or named otherwise, a list longer or shorter, a key twice, or too deep. */
export function mutateJson(text: string, draws: Draws): string {
  const value = JSON.parse(text);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(value);
  const [owner, key] = draws.of(places);
  switch (draws.below(8)) {
    case 0:
    case 1:
      owner[key] = oddValues(draws);
      break;
    case 2:
      if (Array.isArray(owner)) owner.splice(Number(key), 1);
      else delete owner[key];
      break;
    case 3:
      if (Array.isArray(owner)) owner.push(owner[Number(key)]);
      else {
        owner[draws.of(["x", "__proto__", "", `${key} `])] = owner[key];
        delete owner[key];
      }
      break;
    case 4: {
      const [other, name] = draws.of(places);
      [owner[key], other[name]] = [other[name], owner[key]];
      break;
    }
    case 5: {
      const spelled = JSON.stringify(key), whole = textOf(value);
      return Array.isArray(owner) ? whole : whole.replace(`${spelled}:`, () => `${spelled}:1,${spelled}:`);
    }
    case 6: {
      const deep = 1 + draws.below(3000), whole = textOf(value), at = draws.below(whole.length);
      return whole.slice(0, at) + draws.of(["[", "{", '{"a":', '"']).repeat(deep) + whole.slice(at);
    }
    default: {
      const whole = textOf(value), at = draws.below(whole.length);
      return whole.slice(0, at) + draws.of(["", ",", "}", "]", "0", '"', "\\"]) +
        whole.slice(at + draws.below(3));
    }
  }
  return textOf(value);
}

/** Two of a thing that was swapped may hold each other. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "[]";
  }
}

/** Bytes behind a pickle's opcode: a count, or how wide the length is that says it. */
const fixed: Readonly<Record<number, number>> = {
  ...{ 0x80: 1, 0x4a: 4, 0x4b: 1, 0x4d: 2, 0x47: 8, 0x95: 8, 0x71: 1, 0x72: 4, 0x68: 1, 0x6a: 4 },
};
const counted: Readonly<Record<number, number>> = { 0x58: 4, 0x8a: 1, 0x8c: 1, 0x43: 1, 0x42: 4 };

/** The opcodes of a pickle with their arguments. */
export function pickleOpcodes(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const opcode = bytes[at], begin = at++;
    if (opcode === 0x63) { for (let line = 0; line < 2; line++) at = bytes.indexOf(0x0a, at) + 1; }
    else if (opcode in counted) {
      let length = 0;
      for (let byte = 0; byte < counted[opcode]; byte++) length += bytes[at + byte] * 256 ** byte;
      at += counted[opcode] + length;
    } else at += fixed[opcode] ?? 0;
    found.push(bytes.slice(begin, at));
  }
  return found;
}

const oddOpcodes: readonly (readonly number[])[] = [
  ...[
    [0x28],
    [0x29],
    [0x5d],
    [0x7d],
    [0x4e],
    [0x74],
    [0x85],
    [0x86],
    [0x87],
    [0x52],
    [0x81],
    [0x62],
    [0x75],
    [0x65],
  ],
  ...[[0x73], [0x61], [0x51], [0x2e], [0x68, 0], [0x68, 3], [0x71, 0], [0x94], [0x93], [0x8f], [0x90], [
    0x4b,
    255,
  ]],
  ...[[0x4a, 255, 255, 255, 255], [0x8a, 8, 255, 255, 255, 255, 255, 255, 255, 127], [0x80, 9], [0x30], [
    0x32,
  ]],
  [...new TextEncoder().encode("cposix\nsystem\n")],
  [...new TextEncoder().encode("cbuiltins\ngetattr\n")],
  [...new TextEncoder().encode("ctorch\ndevice\n")],
];

/** A pickle with opcodes removed, doubled, exchanged, put in, or one argument changed. */
export function mutatePickle(bytes: Uint8Array, draws: Draws): Uint8Array<ArrayBuffer> {
  const opcodes = pickleOpcodes(bytes), at = draws.below(opcodes.length), to = draws.below(opcodes.length);
  switch (draws.below(6)) {
    case 0:
      opcodes.splice(at, 1 + draws.below(3));
      break;
    case 1:
      opcodes.splice(to, 0, ...opcodes.slice(at, at + 1 + draws.below(8)));
      break;
    case 2:
      [opcodes[at], opcodes[to]] = [opcodes[to], opcodes[at]];
      break;
    case 3:
      opcodes.splice(at, draws.below(2), Uint8Array.from(draws.of(oddOpcodes)));
      break;
    case 4: {
      const changed = opcodes[at].slice();
      changed[draws.below(changed.length)] = draws.of([0, 1, 2, 127, 128, 255, draws.below(256)]);
      opcodes[at] = changed;
      break;
    }
    default:
      for (let times = 0; times < 4; times++) {
        opcodes.splice(draws.below(opcodes.length), 0, Uint8Array.from(draws.of(oddOpcodes)));
      }
  }
  return joined(...opcodes);
}
