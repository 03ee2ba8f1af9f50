import ts from "typescript";
import type { KernelCase } from "../../bench/kernel_case.ts";

/** Functions that count as one operation; the larger, the absolute value and rounding count as none. */
const counted = new Set(["exp", "log", "log1p", "expm1", "tanh", "sqrt", "cosh", "sinh", "pow", "hypot"]);

const compound = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.PlusEqualsToken, "+"],
  [ts.SyntaxKind.MinusEqualsToken, "-"],
  [ts.SyntaxKind.AsteriskEqualsToken, "*"],
  [ts.SyntaxKind.SlashEqualsToken, "/"],
]);
const binary = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.PlusToken, "+"],
  [ts.SyntaxKind.MinusToken, "-"],
  [ts.SyntaxKind.AsteriskToken, "*"],
  [ts.SyntaxKind.SlashToken, "/"],
  [ts.SyntaxKind.AsteriskAsteriskToken, "**"],
]);

/** Every arithmetic operation as a call that counts it. */
function instrument(context: ts.TransformationContext) {
  const { factory } = context;
  const call = (operator: string, a: ts.Expression, b: ts.Expression) =>
    factory.createCallExpression(factory.createIdentifier("__counted"), undefined, [
      factory.createStringLiteral(operator),
      a,
      b,
    ]);
  const visit = (node: ts.Node): ts.Node => {
    const inner = ts.visitEachChild(node, visit, context);
    if (ts.isBinaryExpression(inner)) {
      const { kind } = inner.operatorToken;
      const plain = binary.get(kind);
      if (plain) return factory.createParenthesizedExpression(call(plain, inner.left, inner.right));
      const assigned = compound.get(kind);
      if (assigned) {
        const value = call(assigned, inner.left, inner.right);
        return factory.createBinaryExpression(inner.left, ts.SyntaxKind.EqualsToken, value);
      }
    }
    if (
      ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression) &&
      ts.isIdentifier(inner.expression.expression) &&
      inner.expression.expression.text === "Math" && counted.has(inner.expression.name.text)
    ) {
      return factory.createCallExpression(factory.createIdentifier("__function"), undefined, [
        inner.expression,
        ...inner.arguments,
      ]);
    }
    return inner;
  };
  return (file: ts.SourceFile) => ts.visitEachChild(file, visit, context);
}

const prelude = `
const __counted = (operator, a, b) => {
  // Indices and lengths are whole numbers, drawn values are not: an operation on whole numbers alone is addressing.
  if (!(Number.isInteger(a) && Number.isInteger(b))) globalThis.__operations = (globalThis.__operations ?? 0) + 1;
  switch (operator) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "/": return a / b;
    default: return a ** b;
  }
};
const __function = (f, ...args) => {
  globalThis.__operations = (globalThis.__operations ?? 0) + 1;
  return f(...args);
};
`;

/** A module's text with every operation on numbers that are not whole counted in \`globalThis.__operations\`. */
export function instrumented(source: string): string {
  return prelude + ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
    transformers: { before: [instrument] },
  }).outputText;
}

/** Operations that a function does in instrumented modules. */
export function operationsOf(work: () => unknown): number {
  const counter = globalThis as { __operations?: number };
  counter.__operations = 0;
  work();
  return counter.__operations;
}

/**
 * The cases of the registry with references that count. Everything but the references and the cases is the module that
 * everybody has; `folder` must stay while they are used.
 */
export async function countedCases(folder: string): Promise<readonly KernelCase[]> {
  for (const part of ["reference", "kernels"]) {
    const from = new URL(`../../bench/${part}/`, import.meta.url);
    await Deno.mkdir(`${folder}/${part}`);
    for await (const { name } of Deno.readDir(from)) {
      const text = instrumented(await Deno.readTextFile(new URL(name, from)));
      const moved = text.replaceAll(/from "(\.[^"]+)"/g, (whole, path: string) => {
        const kept = /^\.\/|^\.\.\/reference\//.test(path);
        return kept ? whole : `from "${new URL(path, from).href}"`;
      });
      await Deno.writeTextFile(`${folder}/${part}/${name}`, moved);
    }
  }
  const { kernelCases } = await import(`file://${folder}/kernels/mod.ts`);
  return kernelCases;
}
