/** Deeper than any safetensors header: the header, a tensor, its shape. */
const deepest = 4;
/** More tensors than any model has; a million and a half empty ones would take a minute. */
export const mostTensors = 100_000;

/**
 * What is wrong with the JSON of a safetensors header before it is parsed, as half a sentence: nested as none is, more tensors
 * than any model has, or a key that stands twice (a parser would silently take the last). Undefined when nothing is. Text that is
 * no JSON is left to the parser, which says where.
 */
export function scanHeader(text: string): string | undefined {
  const keys: Set<string>[] = [];
  let mayBeKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        if (keys.length === deepest) return `is nested more than ${deepest} deep (at character ${at})`;
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
        if (inside.size > mostTensors) return `names more than ${mostTensors.toLocaleString("en")} tensors`;
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
