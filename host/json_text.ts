/** What a JSON text may hold. */
interface JsonLimits {
  /** Levels of lists and objects within one another. */
  readonly levels: number;
  /** Keys of one object. */
  readonly keys: number;
}

/** Deeper, and with more keys, than any file of this program. */
const ofFiles: JsonLimits = { levels: 64, keys: 1_000_000 };

/**
 * The value of a JSON file, never another one than its text says.
 *
 * @throws {Error} in half a sentence: bytes that are no UTF-8, a key that stands twice, a text that would fill the memory, no JSON.
 */
export function jsonOf(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("not JSON (it holds bytes that are no UTF-8)");
  }
  return jsonOfText(text);
}

/** As {@link jsonOf}, of a text. */
export function jsonOfText(text: string): unknown {
  const fault = jsonFault(text, ofFiles);
  if (fault !== undefined) throw new Error(fault);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON (${(error as Error).message})`);
  }
}

/**
 * What is wrong with a JSON text before it is parsed, as half a sentence: nested too deep, more keys than can be, or a key that
 * stands twice (a parser would silently take the last). Undefined when nothing is. Text that is no JSON is left to the parser,
 * which says where.
 */
export function jsonFault(text: string, { levels, keys: most }: JsonLimits): string | undefined {
  const keys: Set<string>[] = [];
  let mayBeKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        if (keys.length === levels) return `is nested more than ${levels} deep (at character ${at})`;
        mayBeKey = text[at] === "{";
        keys.push(new Set());
        break;
      case "}":
      case "]":
        keys.pop();
        mayBeKey = false;
        break;
      case ":":
        mayBeKey = false;
        break;
      case ",":
        mayBeKey = true;
        break;
      case '"': {
        const begin = at;
        for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
        if (!mayBeKey || keys.length === 0 || !isKey(text, at + 1)) break;
        const key = text.slice(begin, at + 1), inside = keys.at(-1)!;
        const spelled = spelling(key);
        if (inside.has(spelled)) return `names ${shortened(key)} twice`;
        inside.add(spelled);
        if (inside.size > most) return `has more than ${most.toLocaleString("en")} keys in one object`;
        mayBeKey = false;
      }
    }
  }
  return undefined;
}

/** Whether a text that ends before `at` is followed by a colon. */
function isKey(text: string, at: number): boolean {
  while (/\s/.test(text[at] ?? "")) at++;
  return text[at] === ":";
}

/** A key without its escapes, so that two spellings of one are one. */
function spelling(key: string): string {
  if (!key.includes("\\")) return key.slice(1, -1);
  try {
    return JSON.parse(key);
  } catch {
    return key;
  }
}

function shortened(key: string): string {
  return key.length > 80 ? `${key.slice(0, 77)}..."` : key;
}
