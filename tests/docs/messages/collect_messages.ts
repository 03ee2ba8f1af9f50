import { join, relative } from "node:path";
import ts from "typescript";

/** A part of a message: text as it stands, or the code of a value. */
export type Piece = string | { readonly code: string };

/** A sentence that the program says when something is wrong or worth knowing. */
export interface Message {
  /** `error` ends the command, `note` does not. */
  readonly kind: "error" | "note";
  /** Source file, from the repository's root. */
  readonly file: string;
  /** Its text and the places of values. */
  readonly pieces: readonly Piece[];
}

const folders = ["cli", "runs", "datasets", "host", "report", "models"];

/** Errors whose message a person reads as it is. */
const errors = /^(UserError|UsageError|SettingsError|RowError|CheckpointError|StoppedError)$/;

/** Calls and properties whose sentences explain the program or a result: help, settings, pages. */
const explains = new RegExp(
  "^(describe|description|summary|addHelpText|help|title|about|meaning|option|argument|argParser|usage|examples?|caption|" +
    "label|text|explain\\w*|head(ing)?|intro|paragraph|p|li|td|html|legend|footer)$",
);

/** Calls that say something: `notes.push(...)`, `note(...)`. */
const says = /^(notes?|warnings?|warn|said|say|sentences?|push)$/i;

/** Every message of the command line in the order of its files: all errors, and the notes that are whole sentences. */
export async function collectMessages(root: string): Promise<Message[]> {
  const paths: string[] = [];
  for (const folder of folders) for await (const path of sources(join(root, folder))) paths.push(path);
  const messages: Message[] = [];
  for (const path of paths.toSorted()) {
    const source = ts.createSourceFile(path, await Deno.readTextFile(path), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (!isText(node)) return ts.forEachChild(node, visit);
      const kind = kindOf(node), pieces = joined(piecesOf(node)), file = relative(root, path);
      // What a page says is read on the page.
      if (kind === undefined || !isSentence(pieces) || (kind === "note" && file.startsWith("report/"))) {
        return;
      }
      messages.push({ kind, file, pieces });
    };
    visit(source);
  }
  return messages;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Whether an expression is a text written here, joined by `+` or not. */
function isText(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isText(node.expression);
  if (ts.isBinaryExpression(node)) {
    return node.operatorToken.kind === ts.SyntaxKind.PlusToken && (isText(node.left) || isText(node.right));
  }
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** Text and values of an expression; of two ways to go on the longer one. */
function piecesOf(node: ts.Node): Piece[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [
      node.head.text,
      ...node.templateSpans.flatMap((span) => [...piecesOf(span.expression), span.literal.text]),
    ];
  }
  if (ts.isParenthesizedExpression(node)) return piecesOf(node.expression);
  if (ts.isBinaryExpression(node) && isText(node)) return [...piecesOf(node.left), ...piecesOf(node.right)];
  if (ts.isConditionalExpression(node)) {
    const ways = [piecesOf(node.whenTrue), piecesOf(node.whenFalse)];
    if (ways.flat().some((piece) => typeof piece === "string")) {
      return ways.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
    }
  }
  return [{ code: node.getText().replace(/\s+/g, " ") }];
}

const lengthOf = (pieces: readonly Piece[]) =>
  pieces.reduce((sum, piece) => sum + (typeof piece === "string" ? piece.length : 8), 0);

function joined(pieces: readonly Piece[]): Piece[] {
  const whole: Piece[] = [];
  for (const piece of pieces) {
    const last = whole.at(-1);
    if (typeof piece === "string" && typeof last === "string") whole[whole.length - 1] = last + piece;
    else if (piece !== "") whole.push(piece);
  }
  return whole;
}

function isSentence(pieces: readonly Piece[]): boolean {
  const text = pieces.map((piece) => typeof piece === "string" ? piece : "X").join("");
  return /^[`"A-Z-]/.test(text) && /[.?!]$/.test(text) && text.split(/\s+/).length >= 4;
}

/** By the nearest thing around a text: an error that is made, a call that explains or says, or a function that gives it back. */
function kindOf(text: ts.Node): Message["kind"] | undefined {
  for (let node = text.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isNewExpression(node)) return errors.test(node.expression.getText()) ? "error" : undefined;
    if (ts.isCallExpression(node)) {
      const { expression } = node;
      const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
      if (explains.test(name)) return undefined;
      if (says.test(name)) return "note";
    }
    if (ts.isPropertyAssignment(node) && explains.test(node.name.getText())) return undefined;
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return "note";
  }
  return undefined;
}
