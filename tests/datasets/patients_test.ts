import assert from "node:assert/strict";
import { preparePatients } from "../../datasets/patients/prepare_patients.ts";
import { patientOf, readPatientResponses } from "../../datasets/patients/read_patient_responses.ts";
import { RandomStream } from "../../datasets/random.ts";
import { studyPatients } from "../../runs/studies/analyses/patients.ts";
import { inFolder } from "../runs/small_run.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

Deno.test("a patient is the first three parts of a barcode, however it is written", () => {
  assert.equal(patientOf("tcga-or-a5jm-01A-11R-A29S"), "TCGA-OR-A5JM");
  assert.equal(patientOf("TCGA.OR.A5JM.01"), "TCGA-OR-A5JM");
  assert.equal(patientOf("patient 7"), "patient 7");
});

Deno.test("a patient told under two types has a score of either, and what was odd of the profiles is said", async () => {
  await inFolder(async (folder) => {
    const random = new RandomStream(5), header = ",TP53,1-Mar,EGFR";
    const table = (names: readonly string[], shift: (row: number) => number) =>
      [
        header,
        ...names.map((name, row) => [name, ...[1, 2, 3].map(() => shift(row) + random.normal())].join(",")),
      ].join("\n") + "\n";
    const files = {
      lines: table(Array.from({ length: 14 }, (_, k) => `LINE${k}`), (row) => row < 7 ? 0 : 9),
      tumours: table(Array.from({ length: 7 }, (_, k) => `TCGA-AA-100${k}`), (row) => row),
      types: `cell,cancer\n${
        Array.from({ length: 14 }, (_, k) => `LINE${k},${k < 7 ? "BRCA" : "LUAD"}`).join("\n")
      }\n`,
      drugs: "drug,smiles\nEthanol,CCO\nMethanol,CO\n",
      response: "cancer,patient,drug,response\n" + Array.from(
        { length: 8 },
        (_, k) =>
          `${k < 4 ? "BRCA" : "LUAD"},TCGA-AA-100${k % 7},${k < 7 ? "Ethanol" : "Methanol"},Stable Disease\n`,
      ).join(""),
    };
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}.csv`, text);
    const { cancers, notes } = await preparePatients({
      output: `${folder}/out`,
      response: `${folder}/response.csv`,
      profiles: `${folder}/tumours.csv`,
      reference: `${folder}/lines.csv`,
      types: `${folder}/types.csv`,
      drugs: `${folder}/drugs.csv`,
      floor: 0.1,
      clip: 10,
    });
    assert.deepEqual(cancers.map(({ patients }) => patients), [4, 4]);
    assert.equal(notes.filter((note) => note.includes("MARCHF1")).length, 2, notes.join("\n"));
    const rows = (await Deno.readTextFile(`${folder}/out/patients.csv`)).trimEnd().split("\n").map((line) =>
      line.split(",")
    ).filter(([patient]) => patient === "TCGA-AA-1000");
    assert.deepEqual(rows.map(([, cancer]) => cancer), ["BRCA", "LUAD"]);
    assert.notDeepEqual(rows[0].slice(7), rows[1].slice(7));
  });
});

Deno.test("tumours come to the scale of cell lines, type by type, and what is left out is said", async () => {
  await inFolder(async (folder) => {
    const random = new RandomStream(4), genes = Array.from({ length: 23 }, (_, k) => `GENE${k}`);
    const table = async (
      name: string,
      names: readonly string[],
      own: readonly string[],
      shift: (gene: number) => number,
    ) => {
      const lines = names.map((name) =>
        [name, ...own.map((_, gene) => (shift(gene) + random.normal()).toFixed(4))].join(",")
      );
      await Deno.writeTextFile(`${folder}/${name}`, [["", ...own].join(","), ...lines].join("\n") + "\n");
    };
    const lines = Array.from({ length: 31 }, (_, k) => `LINE${k}`);
    const tumours = Array.from({ length: 29 }, (_, k) => `TCGA-AA-${1000 + k}-01A`);
    await table("lines.csv", lines, genes, (gene) => gene % 5);
    // Genes in another order, all of them higher, one more that lines do not have.
    await table(
      "tumours.csv",
      [...tumours, "TCGA-AA-1000-06A"],
      [...genes.toReversed(), "OTHER"],
      (gene) => gene % 3 + 6,
    );
    await Deno.writeTextFile(
      `${folder}/types.csv`,
      `cell_id,cancer\n${lines.map((line, k) => `${line},${k < 20 ? "BRCA" : "LUAD"}`).join("\n")}\n`,
    );
    await Deno.writeTextFile(`${folder}/drugs.csv`, "drug_name,canonical_smiles\nEthanol,CCO\n");
    const words = ["Complete Response", "Partial Response", "Stable Disease", "Clinical Progressive Disease"];
    const rows = tumours.flatMap((tumour, k) => {
      const own = [k < 15 ? "BRCA" : k < 28 ? "LUAD" : "ACC", tumour.slice(0, 12), "ethanol", words[k % 4]];
      return [own, ...(k === 3 ? [[...own.slice(0, 3), words[0]]] : []), [
        own[0],
        own[1],
        "Elixir",
        words[0],
      ]];
    });
    rows.push(["BRCA", "TCGA-ZZ-9999", "ethanol", words[0]]);
    await Deno.writeTextFile(
      `${folder}/response.txt`,
      [["cancers", "patient.arr", "drug.name", "response"], ...rows].map((cells) => cells.join("\t")).join(
        "\n",
      ) + "\n",
    );
    const prepare = () =>
      preparePatients({
        output: `${folder}/out`,
        response: `${folder}/response.txt`,
        profiles: `${folder}/tumours.csv`,
        reference: `${folder}/lines.csv`,
        types: `${folder}/types.csv`,
        drugs: `${folder}/drugs.csv`,
        floor: 0.1,
        clip: 10,
      });
    const made = await prepare();
    // Patient 3 is told both ways, patient 28 is the only one of a type without lines, 9999 has no profile.
    assert.deepEqual(made.steps.map(({ left }) => left), [60, 58, 57, 28, 27]);
    assert.deepEqual(made.cancers, [{ cancer: "BRCA", patients: 14, lines: 20 }, {
      cancer: "LUAD",
      patients: 13,
      lines: 11,
    }]);
    assert.equal(made.genes, 23);
    assert.equal(made.notes.length, 4, made.notes.join("\n"));
    const [head, ...body] = (await Deno.readTextFile(`${folder}/out/patients.csv`)).trimEnd().split("\n").map(
      (line) => line.split(","),
    );
    assert.deepEqual(head, [
      "patient",
      "cancer",
      "drug_name",
      "responder",
      "smiles",
      "dose",
      "time",
      ...genes,
    ]);
    assert.deepEqual(body.map((cells) => cells[3]).filter((kind) => kind === "1").length, 14);
    // A shift of six would be many deviations: what is left are their own differences.
    const values = body.flatMap((cells) => cells.slice(7).map(Number));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.5, `${mean}`);
    assert.ok(values.some((value) => Math.abs(value) > 0.5));
    for (
      const [rows, message] of [
        ["LINE0,BRCA\nline-0,LUAD", /types\.csv: found "line-0" under "BRCA" and "LUAD"/],
        ["LINE0_BREAST,BRCA\nLINE0_SKIN,LUAD", /"LINE0" beside "LINE0_BREAST" and "LINE0_SKIN"/],
      ] as const
    ) {
      await Deno.writeTextFile(`${folder}/types.csv`, `cell_id,cancer\n${rows}\n`);
      await assert.rejects(prepare, message);
    }
  });
});

Deno.test("responders with lower predictions have a small one-sided p, and drugs of ten are not tested", async () => {
  await inFolder(async (folder) => {
    const line = (drug: string, responder: number, value: number) => `${drug},${responder},${value}`;
    const lines = Array.from({ length: 13 }, (_, k) => [
      line("low", 1, -2 + k / 10),
      line("low", 0, 1 + k / 7),
      line("high", 1, 1 + k / 7),
      line("high", 0, -2 + k / 10),
      ...(k < 10 ? [line("few", 1, k), line("few", 0, k)] : []),
    ]).flat();
    await Deno.writeTextFile(`${folder}/p.csv`, `drug_name,responder,IC50\n${lines.join("\n")}\n`);
    const { drugs, left } = await studyPatients(`${folder}/p.csv`);
    assert.deepEqual([drugs.map(({ drug }) => drug), left], [["low", "high"], 1]);
    assert.ok(drugs[0].student.p < 1e-6 && drugs[1].student.p > 1 - 1e-6);
    await Deno.writeTextFile(`${folder}/p.csv`, "drug_name,responder,IC50\nlow,yes,1\n");
    await assert.rejects(
      studyPatients(`${folder}/p.csv`),
      /row 1.*responder "yes", expected a number, and 0 or 1/,
    );
  });
});

const curated = "data/tcga-response/drug_response.txt";

sharedTest(
  curated,
  "the curated responses of TCGA patients are read, each patient and drug once",
  async () => {
    const { responses, rows, contradictory } = await readPatientResponses(
      new URL(curated, sharedFolder).pathname,
    );
    assert.deepEqual([rows, responses.length, contradictory], [2572, 2484, 1]);
  },
);
