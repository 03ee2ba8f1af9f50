/** A piece of finished HTML, as opposed to text that is still to be escaped. */
export class Markup {
  /** Taken as it is. */
  constructor(readonly source: string) {}
}

/** What may stand in a template: text is escaped, {@link Markup} is not, lists are joined, false and null are nothing. */
export type MarkupValue = string | number | Markup | readonly MarkupValue[] | false | null | undefined;

/** Template tag for HTML whose values are escaped. (Not called `html`: the formatter would add blanks inside sentences.) */
export function markup(texts: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  return new Markup(texts.map((text, i) => text + (i < values.length ? render(values[i]) : "")).join(""));
}

function render(value: MarkupValue): string {
  if (value === false || value === null || value === undefined) return "";
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(render).join("");
  return escapeText(String(value));
}

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]);
}
