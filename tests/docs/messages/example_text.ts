import type { Message } from "./collect_messages.ts";

/** What stands for a value, by the code that gives it; the first that fits. */
const examples: readonly (readonly [code: RegExp, example: string])[] = [
  [/^issuesText/, "batchSize: found 1, expected 2 or more"],
  [/^expected$/, "expected a matrix of 978 columns; export it again"],
  [/smiles|structure\.smiles/i, "CC(=O)Oc1ccccc1C(=O)O"],
  [/message|String\(error\)|\berror\b|fault|reason/, "Permission denied (os error 13)"],
  [/placeText|^place$|^where/, "data/mine/condition_table.csv, row 7 (line 8)"],
  [/checksum|^conditions$/i, "sha256:8f14e45fceea167a"],
  [/shape/, "978, 64"],
  [/dtype/i, "F16"],
  [/(length|size|rows|count|atoms|epochs?|seeds?|folds?|units?|treated|raw)\)?$/i, "978"],
  [
    /[*/%+-] \d|Math\.|\.(toFixed|toPrecision|toLocaleString)|figures?\(|number\(|percent\(|\b(row|line|at|index|width|position|step|bytes|line)\b/i,
    "17",
  ],
  [/least|most|min|max|largest|fewest|usual|value|score|share|dose|time|edges|fraction|deviation/i, "17"],
  [/folder|source|^run$|run\.name|output|directory/i, "data/mine"],
  [/file|path/i, "data/mine/gex_comp.csv"],
  [/gene|symbol|near|close/i, "MARCHF1"],
  [/cell|line/i, "A375"],
  [/drug|name|id\b|ids\b/i, "BRD-K70401845"],
  [/adapter|driver/i, "llvmpipe (LLVM 15.0.6, 256 bits)"],
  [/option|flag|prefix|key/i, "--min-tas"],
  [/model|title/i, "CSG2A"],
  [/rule|way|kind|layout|task|type|what|thing|quantity/i, "drug-blind"],
  [/unit/i, "µM"],
  [/expected|wanted|meaning|advice|leave|hint/i, "a finite number"],
  [/found|text|shown|first|column|earlier|later|before|now|from|words/i, "ten"],
];

/** One value as the program would write it: quoted, listed or as it is. */
function exampleOf(code: string): string {
  const listed = /^(listNames|few|listText)\((.*)\)$/.exec(code) ??
    /^(.*)\.slice\(0, \d+\)\.(map|join)\(/.exec(code);
  if (listed) {
    const one = JSON.stringify(
      exampleOf(/^(listNames|few|listText)$/.test(listed[1]) ? listed[2].split(",")[0] : listed[1]),
    );
    return `${one}, ${one} and 976 more`;
  }
  const quoted = /^(quoteValue|JSON\.stringify)\((.*)\)$/.exec(code);
  if (quoted) return JSON.stringify(exampleOf(quoted[2].replace(/, \d+$/, "")));
  return examples.find(([pattern]) => pattern.test(code))?.[1] ?? "ten";
}

/** A message as it may read. */
export function exampleText({ pieces }: Message): string {
  return pieces.map((piece) => typeof piece === "string" ? piece : exampleOf(piece.code)).join("");
}
