import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { flagsFromSchema } from "../../cli/flags/flags_from_schema.ts";

const schema = z.strictObject({
  variant: z.enum(["rowsum", "matmul"]).describe("how scores are applied"),
  mat: z.strictObject({
    width: z.int().positive().describe("columns"),
    heads: z.int().min(1).max(16).describe("attention heads"),
  }).refine((mat) => mat.width % mat.heads === 0, "the MAT width must be a multiple of its heads"),
  dropout: z.number().min(0).lt(1).describe("share of zeros"),
  clipNorm: z.number().positive().nullable().describe("clip the gradient; none: not at all"),
  batchSize: z.int().min(2).describe("samples a step"),
  plainLinear: z.boolean().describe("leave the bias out"),
  identity: z.boolean().default(true).describe("ones on the diagonal"),
  ppi: z.string().min(1).nullable().meta({ path: true }).describe("file of edges; none: P = 0"),
  minTas: z.union([z.number(), z.enum(["prepared", "off"])]).describe("least activity"),
  requireQc: z.union([z.boolean(), z.literal("prepared")]).describe("keep good rows only"),
  layerNormInit: z.union([z.literal(0), z.literal(1)]).describe("start of the norm"),
  widths: z.array(z.int().positive()).describe("of the hidden layers"),
  schedule: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("constant") }),
    z.strictObject({ kind: z.literal("cosine"), epochs: z.int() }),
  ]),
});
const small = {
  variant: "rowsum",
  mat: { width: 64, heads: 4 },
  dropout: 0.1,
  clipNorm: 5,
  batchSize: 32,
  plainLinear: false,
  identity: true,
  ppi: null,
  minTas: "prepared",
  requireQc: "prepared",
  layerNormInit: 0,
  widths: [512, 256],
  schedule: { kind: "constant" },
};
const released = { ...small, mat: { width: 1024, heads: 16 } };

function parse(...words: string[]): { given?: Record<string, unknown>; error?: string; help: string } {
  const flags = flagsFromSchema(schema, { presets: { small, released }, names: { batchSize: "batch" } });
  let error = "";
  const command = new Command("x").exitOverride().configureOutput({ writeErr: (text) => error += text });
  flags.addTo(command, "Model:");
  const help = command.helpInformation().replace(/\s+/g, " ");
  try {
    command.parse(words, { from: "user" });
    return { given: flags.given(command.opts()), help };
  } catch (thrown) {
    assert.ok(thrown instanceof CommanderError);
    return { error, help };
  }
}

Deno.test("flags of a schema give what was typed, nested, and nothing else", () => {
  assert.deepEqual(parse().given, {});
  const words = "--variant matmul --mat-width 48 --dropout 0.25 --clip-norm none --batch 7 --plain-linear " +
    "--no-identity --ppi none --min-tas 0.3 --no-require-qc --layer-norm-init 1 --widths 33,7";
  assert.deepEqual(parse(...words.split(" ")).given, {
    variant: "matmul",
    mat: { width: 48 },
    dropout: 0.25,
    clipNorm: null,
    batchSize: 7,
    plainLinear: true,
    identity: false,
    ppi: null,
    minTas: 0.3,
    requireQc: false,
    layerNormInit: 1,
    widths: [33, 7],
  });
  const others = "--clip-norm 0 --no-plain-linear --identity --ppi edges.csv --min-tas off --require-qc yes";
  assert.deepEqual(parse(...others.split(" ")).given, {
    clipNorm: null,
    plainLinear: false,
    identity: true,
    ppi: "edges.csv",
    minTas: "off",
    requireQc: true,
  });
});

Deno.test("a value that a setting cannot have is refused with flag, value and what was expected", () => {
  const cases: [string, string, RegExp][] = [
    ["--variant", "x", /'x' is invalid\. Expected one of rowsum, matmul\./],
    ["--mat-width", "0", /--mat-width .*'0' is invalid\. Expected a whole number of at least 1\./],
    ["--mat-width", "7.5", /Expected a whole number of at least 1\./],
    ["--mat-heads", "17", /Expected a whole number of 1 to 16\./],
    ["--dropout", "1", /Expected a number of at least 0 and below 1\./],
    ["--dropout", "0x", /Expected a number of at least 0 and below 1\./],
    ["--clip-norm", "-1", /Expected a number above 0 or none\./],
    ["--batch", "1", /--batch .*Expected a whole number of at least 2\./],
    ["--require-qc", "maybe", /Expected one of yes, no, prepared\./],
    ["--min-tas", "on", /Expected a number or prepared, off\./],
    ["--layer-norm-init", "2", /Expected one of 0, 1\./],
    ["--widths", "5,,6", /Expected values with commas between them, each a whole number of at least 1\./],
    ["--widths", "5,0", /Expected values with commas/],
  ];
  for (const [flag, value, message] of cases) {
    const { error } = parse(flag, value);
    assert.match(error ?? "accepted", message, `${flag} ${value}`);
  }
  assert.match(parse("--batch-size", "3").error!, /unknown option '--batch-size'/, "one spelling a setting");
  assert.match(parse("--schedule", "cosine").error!, /unknown option/, "a union of objects has no flag");
});

Deno.test("help shows each setting's description and default, and where a preset differs", () => {
  const { help } = parse();
  for (
    const line of [
      "--variant <rowsum|matmul> how scores are applied (default: rowsum)",
      "--mat-width <n> columns (default: 64; released: 1024)",
      "--clip-norm <n> clip the gradient; none: not at all (default: 5)",
      "--plain-linear leave the bias out",
      "--no-identity not: ones on the diagonal",
      "--ppi <file> file of edges; none: P = 0 (default: none)",
      "--widths <a,b,...> of the hidden layers (default: 512,256)",
    ]
  ) assert.ok(help.includes(line), `${line} in ${help}`);
  assert.ok(!help.includes("--no-plain-linear"), "only the switch that changes something is shown");
});
