import assert from "node:assert/strict";
import { join } from "node:path";
import type { BadgerData } from "../../../datasets/badger/types.ts";
import type { Dataset } from "../../../datasets/dataset.ts";
import type { ProfileInputs } from "../../../datasets/layouts/basal_profiles/inputs.ts";
import type { Query, QueryRequest } from "../../../datasets/layouts/layout.ts";
import { layoutNamed } from "../../../datasets/layouts/mod.ts";
import { csvLine } from "../../../datasets/readers/csv_line.ts";

const simulator = {
  genes: 163,
  cells: 3,
  drugs: 6,
  decoys: 1,
  doses: [0.5, 10],
  times: [24],
  replicates: 2,
  responseCells: 4,
};
const aspirin = "CC(=O)Oc1ccccc1C(=O)O";

/** A run folder of a layout and its data. */
interface Run {
  readonly folder: string;
  readonly own: Dataset;
  /** How often the run's data were asked for. */
  reads: number;
  query<Inputs>(request: Partial<QueryRequest>): Promise<Query<Inputs>>;
  /** Writes a file of conditions. */
  file(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): Promise<string>;
}

async function withRun(name: string, use: (run: Run) => Promise<void>): Promise<void> {
  const layout = layoutNamed(name);
  const settings = layout.settings.parse(name === "signatures" ? { minTas: "off", requireQc: false } : {});
  const own: Dataset = await layout.simulate(simulator, settings, { identity: "parent" });
  const folder = await Deno.makeTempDir();
  try {
    await layout.keep(folder, own);
    const run: Run = {
      folder,
      own,
      reads: 0,
      query: (request) => {
        const read = () => {
          run.reads++;
          return Promise.resolve(own);
        };
        return layout.query({ skipBad: false, ...request }, {
          run: folder,
          settings,
          identity: "parent",
          own: read,
        });
      },
      async file(columns, rows) {
        const path = join(folder, "asked.csv");
        await Deno.writeTextFile(path, [columns, ...rows].map(csvLine).join(""));
        return path;
      },
    };
    await use(run);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const genesOf = (run: Run) => (run.own.inputs as ProfileInputs).genes;
const zeros = Array.from({ length: 163 }, (_, k) => k % 3 - 1);

Deno.test("profiles: a file of conditions is read in the order of the run's genes, and its other columns are carried along", async () => {
  await withRun("profiles", async (run) => {
    const genes = genesOf(run), turned = genes.toReversed();
    const file = await run.file(["my_id", "time", "pert_iname", "smiles", "cell_id", ...turned, "dose"], [
      ["a,1", 24, "aspirin", aspirin, "MINE", ...zeros, 0.25],
      ["b", 6, "", "CCO", "", ...zeros.map((value) => value + 0.5), 10],
    ]);
    const { data, sourceRows, carried, warnings, smiles } = await run.query<ProfileInputs>({ file });
    assert.equal(run.reads, 0, "the run folder alone is needed");
    assert.deepEqual([[...data.dose], [...data.time], [...sourceRows]], [[0.25, 10], [24, 6], [1, 2]]);
    assert.deepEqual(smiles, [aspirin, "CCO"]);
    assert.deepEqual(data.drug.names, ["aspirin", "CCO"]);
    assert.deepEqual(data.cell.names, ["MINE", ""]);
    assert.deepEqual([data.rowNames, data.outputs.names, data.truth], [["1", "2"], genes, undefined]);
    assert.deepEqual([...data.inputs.basal.take([1]).toReversed()], zeros.map((value) => value + 0.5));
    assert.deepEqual(data.basal!.take([0]), data.inputs.basal.take([0]));
    assert.deepEqual(carried, [
      { column: "my_id", values: ["a,1", "b"] },
      { column: "pert_iname", values: ["aspirin", ""] },
      { column: "cell_id", values: ["MINE", ""] },
    ]);
    assert.deepEqual(warnings, []);
    const { ppi } = run.own.inputs as ProfileInputs;
    assert.deepEqual([data.inputs.ppi.indptr, data.inputs.ppi.indices], [ppi.indptr, ppi.indices]);
  });
});

Deno.test("profiles: all SMILES that cannot be parsed are refused at once, empty ones too, or left out with their rows", async () => {
  await withRun("profiles", async (run) => {
    const bad = [
      "",
      "NA",
      "-666",
      "restricted",
      "imatinib",
      "C1CC",
      "CCO ethanol",
      "InChI=1S/CH4/h1H4",
      "C1CC",
    ];
    const file = await run.file(
      ["id", "smiles", "dose", "time", ...genesOf(run)],
      ["CCO", ...bad, "CCN"].map((smiles, k) => [`id ${k}`, smiles, 1, 24, ...zeros]),
    );
    await assert.rejects(run.query({ file }), ({ message }: Error) => {
      for (const smiles of bad) assert.ok(message.includes(JSON.stringify(smiles)), smiles);
      assert.ok(message.includes("8 SMILES cannot be parsed") && message.includes("rows 7, 10"), message);
      return true;
    });
    const { data, sourceRows, carried, smiles } = await run.query<ProfileInputs>({ file, skipBad: true });
    assert.deepEqual([[...sourceRows], smiles], [[1, 11], ["CCO", "CCN"]]);
    assert.deepEqual(carried, [{ column: "id", values: ["id 0", "id 10"] }]);
    assert.deepEqual(data.skipped.map(({ row }) => row).sort((a, b) => a - b), [2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual([data.inputs.basal.rows, data.inputs.basal.columns], [2, 163]);
  });
});

Deno.test("profiles: genes in small letters are taken, and said; missing and ambiguous ones are refused with the nearest column", async () => {
  await withRun("profiles", async (run) => {
    const genes = genesOf(run), head = ["smiles", "dose", "time"], row = ["CCO", 1, 24];
    const small = await run.query({
      file: await run.file([...head, ...genes.map((gene) => gene.toLowerCase())], [[...row, ...zeros]]),
    });
    assert.match(
      small.warnings[0],
      /^16\d genes are not written as in the run and were taken for those meant \([a-z0-9]+ is [A-Z0-9]+, /,
    );
    const refused = async (columns: string[], message: RegExp) => {
      const file = await run.file(columns, [columns.map((_, at) => at < 3 ? row[at] : 0)]);
      await assert.rejects(run.query({ file }), { name: "UserError", message });
    };
    await refused(
      [...head, ...genes.slice(1)],
      new RegExp(`1 of the run's 163 genes is missing \\("${genes[0]}"\\)`),
    );
    await refused(
      [...head, `${genes[0]}x`, ...genes.slice(1)],
      new RegExp(`did you mean "${genes[0]}" by "${genes[0]}x"`),
    );
    const [first, ...others] = genes;
    await refused(
      [...head, first.toLowerCase(), first[0] + first.slice(1).toLowerCase(), ...others],
      /1 of the run's 163 genes is missing/,
    );
    await refused(["smiles", "dose", ...genes], /"time"/);
    await refused([...head, "ENSG00000000003"], /none of the run's 163 genes .*no cell_id.*--cell NAME/);
  });
});

Deno.test("profiles: implausible doses, profiles on another scale and odd structures are said with their rows", async () => {
  await withRun("profiles", async (run) => {
    const log2 = zeros.map((value) => 8 + value);
    const rows: [string, number, number[]][] = [
      ["CCO", 1e4, zeros],
      ["CCN", 1e9, zeros],
      ["CCC", 9e3, zeros],
      ["CCCl", 1, log2],
      ["[Na+]", 1, zeros],
      ["[NH3][Pt]([NH3])(Cl)Cl", 1, zeros],
      ["O", 1, zeros],
      ["CCN.Cl", 1, zeros],
      ["C[C@H](N)CO", 1, zeros],
      ["C[C@@H](N)CO", 1, zeros],
      ["*c1ccccc1", 1, zeros],
    ];
    const file = await run.file(
      ["smiles", "dose", "time", ...genesOf(run)],
      rows.map(([smiles, dose, basal]) => [smiles, dose, 24, ...basal]),
    );
    const { warnings } = await run.query({ file });
    assert.deepEqual(warnings.map((text) => text.replace(/ \(mean .*?\)/, "")), [
      'rows 5, 6, 7 ("[Na+]"): a molecule without carbon.',
      'row 5 ("[Na+]"): an ion, its charges do not add up to zero.',
      'row 6 ("[NH3][Pt]([NH3])(Cl)Cl"): holds a metal.',
      'row 8 ("CCN.Cl"): a salt or mixture; the models see all its parts, the counter-ion too.',
      'row 11 ("*c1ccccc1"): holds a placeholder atom (*).',
      "rows 9, 10: differ in stereo or isotopes alone, which the models do not see; they are predicted alike.",
      "rows 1, 2: a dose of 10000, 1000000000 µM is implausible; is it in nM?",
      "row 4: the basal profile is on another scale than the run's data; it looks like log2 values or counts.",
    ]);
    // A run that kept no ranges is judged by what z-scores are.
    await Deno.remove(join(run.folder, "ranges.json"));
    const old = (await run.query({ file })).warnings;
    assert.ok(
      old.some((text) => text.startsWith("row 4: the basal profile is on another scale than z-scores")),
    );
    assert.ok(!old.some((text) => text.includes("trained range")));
  });
  await withRun("profiles", async (run) => {
    const path = join(run.folder, "ranges.json"), ranges = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual([ranges.dose.least, ranges.dose.most, ranges.time.commonest], [0.5, 10, 24]);
    await Deno.writeTextFile(
      path,
      JSON.stringify({ ...ranges, dose: { least: 0.5, most: 2, commonest: 2 } }),
    );
    const file = await run.file(
      ["smiles", "dose", "time", ...genesOf(run)],
      [["CCO", 2001], ["CCN", 1999], ["CCC", 0], ["CCCC", 0.0006]].map((row) => [...row, 24, ...zeros]),
    );
    assert.deepEqual((await run.query({ file })).warnings, [
      "rows 1, 3: a dose of 2001, 0 µM is more than a thousand times outside the trained range (0.5 to 2 µM).",
    ]);
  });
});

Deno.test("profiles: a named cell line gives the mean of its control profiles, by any spelling; a file gives its own", async () => {
  await withRun("profiles", async (run) => {
    const data = run.own as Dataset<ProfileInputs>, genes = genesOf(run);
    const line = data.cell.names[1], respelled = `${line[0].toLowerCase()}-${line.slice(1)}`;
    const rows = [...data.cell.of.keys()].filter((row) => data.cell.of[row] === 1);
    const mean = genes.map((_, gene) =>
      rows.reduce((sum, row) => sum + data.inputs.basal.take([row])[gene], 0) / rows.length
    );
    const file = await run.file(["smiles", "dose", "time", "cell_id"], [
      ["CCO", 1, 24, respelled],
      ["CCN", 1, 24, data.cell.names[0]],
    ]);
    const near = (found: Float32Array, expected: readonly number[]) =>
      found.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) < 1e-5));
    const each = await run.query<ProfileInputs>({ file });
    near(each.data.inputs.basal.take([0]), mean);
    assert.deepEqual(each.data.cell.names, [line, data.cell.names[0]]);
    assert.deepEqual(each.carried, [{ column: "cell_id", values: [respelled, data.cell.names[0]] }]);
    const all = await run.query<ProfileInputs>({ file, cell: respelled });
    near(all.data.inputs.basal.take([1]), mean);
    assert.deepEqual(all.data.cell.names, [line]);
    await assert.rejects(run.query({ file, cell: `${line}X` }), {
      message: new RegExp(`did you mean ${line}\\?`),
    });
    const profile = join(run.folder, "mine.csv");
    await Deno.writeTextFile(
      profile,
      "gene,value\n" + genes.map((gene, k) => `${gene.toLowerCase()},${k}\n`).join(""),
    );
    const own = await run.query<ProfileInputs>({ file, profile });
    assert.deepEqual([...own.data.inputs.basal.take([1])], genes.map((_, k) => k));
    assert.deepEqual(own.data.cell.names, ["mine"]);
    assert.ok(own.warnings.some((text) => /mine\.csv: 16\d genes are not written/.test(text)));
    await Deno.writeTextFile(profile, "gene,value\n" + genes.slice(2).map((gene) => `${gene},1\n`).join(""));
    await assert.rejects(run.query({ file, profile }), { message: /2 of the run's 163 genes are missing/ });
    await assert.rejects(run.query({ file, profile, cell: line }), { message: /Which cell line\?/ });
    const full = await run.file(["smiles", "dose", "time", ...genes], [["CCO", 1, 24, ...zeros]]);
    await assert.rejects(run.query({ file: full, cell: line }), { message: /basal profiles of their own/ });
    const blank = await run.file(["smiles", "dose", "time", "cell_id"], [["CCO", 1, 24, ""]]);
    await assert.rejects(run.query({ file: blank }), { message: /has no cell_id/ });
  });
});

Deno.test("profiles: a grid is every drug at every dose in every cell line, the commonest dose and time where none is given", async () => {
  await withRun("profiles", async (run) => {
    const [a, b] = run.own.cell.names;
    const drugs = [{ name: "aspirin", smiles: aspirin }, { name: "ethanol", smiles: "CCO" }];
    const { data, carried, sourceRows } = await run.query<ProfileInputs>({
      grid: { drugs, doses: [1, 5], cells: [a, b] },
    });
    assert.equal(data.rows, 8);
    assert.deepEqual([...sourceRows], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual([...data.dose], [1, 1, 5, 5, 1, 1, 5, 5]);
    assert.deepEqual([...data.time], new Array(8).fill(24));
    assert.deepEqual(Array.from(data.cell.of, (unit) => data.cell.names[unit]), [a, b, a, b, a, b, a, b]);
    assert.deepEqual(carried[0].values, [
      "aspirin",
      "aspirin",
      "aspirin",
      "aspirin",
      "ethanol",
      "ethanol",
      "ethanol",
      "ethanol",
    ]);
    const one = await run.query<ProfileInputs>({ grid: { drugs, cells: [] }, cell: a });
    assert.deepEqual([one.data.rows, one.data.cell.names], [2, [a]]);
    assert.ok([0.5, 10].includes(one.data.dose[0]));
    const mixed = [...drugs, { name: "bad", smiles: "C1CC" }, { name: "worse", smiles: "" }];
    await assert.rejects(run.query({ grid: { drugs: mixed, cells: [a] } }), {
      message: /2 SMILES cannot be parsed.*\n {2}row 3: "C1CC".*\n {2}row 4: ""/,
    });
    const left = await run.query<ProfileInputs>({ grid: { drugs: mixed, cells: [a] }, skipBad: true });
    assert.deepEqual([left.data.rows, left.data.skipped.length], [2, 2]);
    await assert.rejects(run.query({ grid: { drugs, cells: [] } }), { message: /Which cell lines\?/ });
    await assert.rejects(run.query({ grid: { drugs, cells: [a] }, cell: a }), { message: /and not both/ });
    await assert.rejects(run.query({ grid: { drugs, doses: [-1], cells: [a] } }), {
      message: /found the dose -1/,
    });
    await assert.rejects(run.query({}), { message: /What is to be predicted\?/ });
  });
});

Deno.test("response: dose and time may be left out, and are those of the layout then", async () => {
  await withRun("response", async (run) => {
    const file = await run.file(["canonical_smiles", ...genesOf(run)], [[aspirin, ...zeros]]);
    const { data } = await run.query<ProfileInputs>({ file });
    assert.deepEqual([data.dose[0], data.time[0], data.outputs.names], [10, 72, ["ln_IC50"]]);
  });
});

Deno.test("a run folder without genes, or with damaged ones, is refused; one without edges among its genes is not", async () => {
  await withRun("profiles", async (run) => {
    const file = await run.file(["smiles", "dose", "time", ...genesOf(run)], [["CCO", 1, 24, ...zeros]]);
    await Deno.writeTextFile(join(run.folder, "ppi_edges.csv"), "source,target\n");
    assert.equal((await run.query<ProfileInputs>({ file })).data.inputs.ppi.indices.length, 163);
    await Deno.writeTextFile(join(run.folder, "genes.txt"), "A\nA\n");
    await assert.rejects(run.query({ file }), { message: /expected every gene of the model once/ });
    await Deno.remove(join(run.folder, "genes.txt"));
    await assert.rejects(run.query({ file }), { message: /has it begun to train\?/ });
  });
});

Deno.test("signatures: asked rows get the vectors of their cell lines, the doses of the lists, and no truth", async () => {
  await withRun("signatures", async (run) => {
    const own = run.own as Dataset<BadgerData>, { inputs: before } = own;
    const [a, b] = before.cells, respelled = b.toLowerCase().replace("e", "e-");
    const file = await run.file(["name", "smiles", "cell_id", "dose", "batch"], [
      ["aspirin", aspirin, respelled, "0.50 µM", 7],
      ["", "CCO", a, "", 8],
      ["odd", "CCN", a, "3 uM", 9],
    ]);
    const { data, sourceRows, carried, warnings } = await run.query<BadgerData>({ file });
    const { inputs } = data;
    assert.deepEqual([data.rows, data.truth, [...sourceRows]], [3, undefined, [1, 2, 3]]);
    assert.deepEqual(inputs.doses.slice(0, 1), ["0.5 uM"]);
    assert.ok(before.lists.doses.includes(inputs.doses[1]));
    assert.equal(data.dose[0], 0.5);
    assert.deepEqual(Array.from(inputs.cellOfRow, (line) => inputs.cells[line]), [b, a, a]);
    const { width, values } = before.cellVectors!;
    assert.deepEqual(inputs.cellVectors!.values.slice(0, width), values.slice(width, 2 * width));
    assert.deepEqual(Array.from(inputs.drugOfRow, (drug) => inputs.drugs[drug].smiles), [
      aspirin,
      "CCO",
      "CCN",
    ]);
    assert.ok(inputs.drugs[0].fragments.length > 0);
    assert.deepEqual([inputs.lists, inputs.geneTable], [before.lists, before.geneTable]);
    assert.equal(inputs.pathways!.labels.length, 3 * before.pathways!.names.length);
    assert.deepEqual(carried, [
      { column: "name", values: ["aspirin", "", "odd"] },
      { column: "cell_id", values: [respelled, a, a] },
      { column: "batch", values: ["7", "8", "9"] },
    ]);
    assert.deepEqual(warnings, [
      'row 3: the dose 3 uM is none of the run\'s data ("0.5 uM", "10 uM"); models that look at the dose take it as unknown.',
    ]);
    const joined = layoutNamed("signatures").append(own, data) as Dataset<BadgerData>;
    assert.equal(joined.rows, own.rows + 3);
    assert.equal(joined.cell.of[own.rows], own.cell.of[own.inputs.cellOfRow.indexOf(1)]);
  });
});

Deno.test("signatures: a new cell line comes from its control profile, a grid from a list of drugs; faults are named", async () => {
  await withRun("signatures", async (run) => {
    const { inputs: before, cell: { names: [line] } } = run.own as Dataset<BadgerData>;
    const { controls, cellTable } = before;
    const file = await run.file(["id", "smiles"], [[1, aspirin], [2, "C1CC"], [3, ""], [4, "CCO"]]);
    await assert.rejects(run.query({ file, cell: line }), {
      message: /2 SMILES cannot be parsed.*\n {2}row 2: "C1CC".*\n {2}row 3: ""/,
    });
    await assert.rejects(run.query({ file }), {
      message: /found no cell_id among "id", "smiles".*--cell NAME/,
    });
    await assert.rejects(run.query({ file, cell: `${line}9`, skipBad: true }), {
      message: /did you mean LINE/,
    });
    const left = await run.query<BadgerData>({ file, cell: line, skipBad: true });
    assert.deepEqual([[...left.sourceRows], left.data.skipped.map(({ row }) => row)], [[1, 4], [2, 3]]);
    assert.deepEqual(left.carried, [{ column: "id", values: ["1", "4"] }]);
    // Rows that cannot even be read are counted too.
    const ragged = join(run.folder, "ragged.csv");
    await Deno.writeTextFile(ragged, "id,smiles\n1\n2,CCO\n3,xx\n4,CCN\n");
    const whole = await run.query<BadgerData>({ file: ragged, cell: line, skipBad: true });
    assert.deepEqual([[...whole.sourceRows], whole.data.skipped.map(({ row }) => row)], [[2, 4], [1, 3]]);
    const profile = join(run.folder, "mine.csv");
    const own = controls!.names.indexOf(line);
    const value = (gene: number) => controls!.values[own * controls!.width + gene];
    await Deno.writeTextFile(
      profile,
      "gene,value\n" + controls!.columns!.map((gene, k) => `${gene},${value(k)}\n`).join(""),
    );
    const drugs = [{ name: "aspirin", smiles: aspirin }];
    const grid = await run.query<BadgerData>({ grid: { drugs, doses: [10, 0.5], cells: [] }, profile });
    assert.deepEqual([grid.data.inputs.doses, grid.data.inputs.cells], [["10 uM", "0.5 uM"], ["mine"]]);
    // The profile of a known line gives its own vector.
    const { width } = cellTable!, row = cellTable!.names.indexOf(line);
    grid.data.inputs.cellVectors!.values.forEach((found, at) =>
      assert.ok(Math.abs(found - cellTable!.values[row * width + at]) < 1e-6)
    );
  });
  const { simulate, settings, query } = layoutNamed("signatures");
  const plain = settings.parse({ minTas: "off", requireQc: false, cellVectors: "none" });
  const own: Dataset<BadgerData> = await simulate(simulator, plain, { identity: "parent" });
  const source = { run: "", settings: plain, identity: "parent", own: () => Promise.resolve(own) } as const;
  const grid = { drugs: [{ name: "a", smiles: aspirin }], cells: [own.cell.names[2].toLowerCase()] };
  const { data } = await query({ grid, skipBad: false }, source);
  assert.deepEqual((data.inputs as BadgerData).cells, [own.cell.names[2]]);
  await assert.rejects(query({ grid: { ...grid, cells: [] }, profile: "x.csv", skipBad: false }, source), {
    message: /knows cell lines by name alone/,
  });
  await assert.rejects(
    query({ grid, skipBad: false }, { ...source, settings: { ...plain, drugVectors: "v.csv" } }),
    {
      message: /drug vectors of v\.csv/,
    },
  );
});
