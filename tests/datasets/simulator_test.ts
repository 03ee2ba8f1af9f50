import assert from "node:assert/strict";
import initRdkit from "@rdkit/rdkit";
import type { MainModule } from "@rdkit/rdkit";
import { valuesOf } from "../../datasets/matrix.ts";
import { keyOf, numberConditions } from "../../datasets/identity/key.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { simulateCells } from "../../datasets/simulator/simulator_cells.ts";
import { simulatedDecoys, simulatedDrugs } from "../../datasets/simulator/simulator_drugs.ts";
import { simulateNetwork } from "../../datasets/simulator/simulator_network.ts";
import { cellularProcesses, processBrakes } from "../../datasets/simulator/simulator_processes.ts";
import { drugResponse, logIc50Of } from "../../datasets/simulator/simulator_response.ts";

const network = simulateNetwork(3, 240);
const cells = simulateCells(3, network, 6);
const rms = (values: Float64Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
const drugNamed = (name: string) => simulatedDrugs.find((drug) => drug.name === name)!;

/** g/mol, from the compounds' data sheets: a SMILES with a slip in it does not weigh the same. */
const molarMass: Record<string, number> = {
  "gefitinib": 446.9,
  "vorinostat": 264.3,
  "bortezomib": 384.2,
  "vemurafenib": 489.9,
  "dexamethasone": 392.5,
  "camptothecin": 348.4,
  "palbociclib": 447.5,
  "simvastatin": 418.6,
  "AZD8055": 465.5,
  "colchicine": 399.4,
  "JQ1": 457.0,
  "ruxolitinib": 306.4,
  "luminespib": 465.5,
  "imatinib": 493.6,
  "selumetinib": 457.7,
  "nutlin-3": 581.5,
  "tamoxifen": 371.5,
  "MK-2206": 407.5,
  "BI 2536": 521.7,
  "doxorubicin": 543.5,
  "erlotinib": 393.4,
  "BAY 11-7082": 207.2,
  "dasatinib": 488.0,
  "decitabine": 228.2,
  "entinostat": 376.4,
  "lapatinib": 581.1,
  "alpelisib": 441.5,
  "alisertib": 518.9,
  "sorafenib": 464.8,
  "methotrexate": 454.4,
  "olaparib": 434.5,
  "nocodazole": 301.3,
  "enzalutamide": 464.4,
  "crizotinib": 450.3,
  "gemcitabine": 263.2,
  "estradiol": 272.4,
  "trametinib": 615.4,
  "sunitinib": 398.5,
  "5-fluorouracil": 130.1,
  "rosiglitazone": 357.4,
  "celecoxib": 381.4,
  "tofacitinib": 312.4,
  "metformin": 129.2,
  "aspirin": 180.2,
  "glucose": 180.2,
  "taurine": 125.1,
  "citric acid": 192.1,
  "sucrose": 342.3,
  "creatine": 131.1,
  "mannitol": 182.2,
  "ascorbic acid": 176.1,
  "urea": 60.1,
};

Deno.test("every SMILES of the simulator parses, weighs what the drug weighs, and is no other drug of the list", async () => {
  const rdkit = await (initRdkit as unknown as () => Promise<MainModule>)();
  const seen = new Map<string, string>();
  for (const { name, smiles } of [...simulatedDrugs, ...simulatedDecoys]) {
    const molecule = rdkit.get_mol(smiles);
    assert.ok(molecule, `${name}: ${smiles} does not parse`);
    const { amw } = JSON.parse(molecule.get_descriptors()) as { amw: number };
    assert.ok(Math.abs(amw - molarMass[name]) < 0.2, `${name} weighs ${amw}, expected ${molarMass[name]}`);
    const canonical = molecule.get_smiles();
    assert.equal(seen.get(canonical), undefined, `${name} is ${seen.get(canonical)}`);
    seen.set(canonical, name);
    molecule.delete();
  }
});

Deno.test("every target, brake and link of the biology names something that exists", () => {
  const named = cellularProcesses.flatMap((process) => process.genes);
  assert.equal(new Set(named).size, named.length);
  for (const gene of [...simulatedDrugs.flatMap((drug) => drug.targets), ...processBrakes]) {
    assert.ok(named.includes(gene), gene);
  }
  const processes = cellularProcesses.map((process) => process.name);
  for (const { drives } of cellularProcesses) {
    for (const name of Object.keys(drives)) assert.ok(processes.includes(name), name);
  }
  const smallest = simulateNetwork(0, 160).genes;
  assert.ok(named.every((gene) => smallest.includes(gene)), "the smallest network lacks a named gene");
});

Deno.test("same options give the same bytes, another seed other ones", () => {
  const small = { genes: 163, cells: 2, drugs: 3, decoys: 1, responseCells: 3 };
  const [a, b, c] = [1, 1, 2].map((seed) => simulateL1000({ ...small, seed }));
  assert.deepEqual(a, b);
  assert.notDeepEqual(a.pretraining.perturbed, c.pretraining.perturbed);
});

Deno.test("the experiment has the shape that was asked for, at ugly sizes and at the defaults", () => {
  for (
    const options of [
      {
        genes: 160,
        cells: 1,
        drugs: 1,
        decoys: 0,
        doses: [3],
        times: [7],
        replicates: 1,
        controlWells: 1,
        responseCells: 2,
        responseShare: 1,
      },
      {
        genes: 331,
        cells: 3,
        drugs: 7,
        decoys: 2,
        doses: [1, 10, 100],
        times: [6],
        replicates: 3,
        responseCells: 5,
      },
      {},
    ]
  ) {
    const { options: resolved, pretraining, finetuning, ppi, drugs } = simulateL1000(options);
    const { samples, genes, basal, perturbed } = pretraining;
    assert.equal(genes.length, resolved.genes);
    assert.equal(new Set(genes).size, genes.length);
    const conditions = (resolved.drugs + resolved.decoys) * resolved.cells * resolved.doses.length *
      resolved.times.length;
    assert.equal(samples.rows, conditions * resolved.replicates);
    const cell = keyOf(samples.cells!, (name) => name);
    const found = numberConditions({ of: samples.drugOfRow }, cell, samples.dose, samples.time);
    assert.equal(new Set(found).size, conditions);
    assert.deepEqual(samples.drugs, drugs.map((drug) => drug.smiles));
    assert.deepEqual(samples.drugNames, drugs.map((drug) => drug.name));
    for (
      const [profiles, rows] of [[basal, samples.rows], [perturbed, samples.rows], [
        finetuning.basal,
        finetuning.samples.rows,
      ]] as const
    ) {
      assert.deepEqual([profiles.rows, profiles.columns], [rows, genes.length]);
      assert.ok(valuesOf(profiles).every((z) => Math.abs(z) <= 10));
    }
    assert.ok(finetuning.logIc50.every((value) => Number.isFinite(value)));
    assert.equal(finetuning.genes, genes);
    assert.ok(new Set(finetuning.samples.cells).size <= resolved.responseCells);
    assert.equal(ppi.indptr.length, genes.length + 1);
    for (let gene = 0; gene < genes.length; gene++) {
      const row = [...ppi.indices.subarray(ppi.indptr[gene], ppi.indptr[gene + 1])];
      assert.ok(row.includes(gene) && row.every((column, at) => at === 0 || row[at - 1] < column));
    }
  }
});

Deno.test("a line is the same line however many are drawn", () => {
  assert.deepEqual(simulateCells(3, network, 2), cells.slice(0, 2));
});

Deno.test("decoys do nothing, and drugs do more at a higher dose and nothing at none", () => {
  for (const decoy of simulatedDecoys) assert.equal(rms(drugResponse(network, cells[0], decoy, 10, 24)), 0);
  for (const drug of simulatedDrugs) {
    assert.equal(rms(drugResponse(network, cells[1], drug, 0, 24)), 0);
    const sizes = [0.01, 0.1, 1, 10].map((dose) => rms(drugResponse(network, cells[1], drug, dose, 24)));
    sizes.slice(1).forEach((size, i) => assert.ok(size > sizes[i], `${drug.name}: ${sizes}`));
  }
  assert.ok(rms(drugResponse(network, cells[0], drugNamed("metformin"), 10, 24)) < 0.02);
});

Deno.test("the early response is strongest at the target and fades with every interaction", () => {
  const sums = [0, 0, 0, 0], counts = [0, 0, 0, 0];
  for (const drug of simulatedDrugs.filter((drug) => drug.targets.length === 1)) {
    const distance: number[] = network.genes.map((gene) => gene === drug.targets[0] ? 0 : 3);
    for (let step = 1; step < 3; step++) {
      network.genes.forEach((_, gene) => {
        if (distance[gene] !== step - 1) return;
        const { indptr, indices } = network.ppi;
        for (let at = indptr[gene]; at < indptr[gene + 1]; at++) {
          distance[indices[at]] = Math.min(distance[indices[at]], step);
        }
      });
    }
    // One hour: the programmes have hardly begun.
    drugResponse(network, cells[2], drug, 10, 1).forEach((change, gene) => {
      sums[distance[gene]] += Math.abs(change);
      counts[distance[gene]]++;
    });
  }
  const mean = sums.map((sum, step) => sum / counts[step]);
  assert.ok(mean[0] > 2 * mean[1] && mean[1] > 1.2 * mean[2] && mean[2] > mean[3], `${mean}`);
});

Deno.test("drug and cell line interact: no table of drug plus cell effects explains the response", () => {
  let explained = 0, total = 0;
  const responses = simulatedDrugs.map((drug) =>
    cells.map((cell) => drugResponse(network, cell, drug, 10, 24))
  );
  network.genes.forEach((_, gene) => {
    const table = responses.map((row) => row.map((response) => response[gene]));
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const drugMeans = table.map(mean),
      cellMeans = cells.map((_, cell) => mean(table.map((row) => row[cell])));
    const grand = mean(drugMeans);
    table.forEach((row, drug) =>
      row.forEach((value, cell) => {
        total += (value - grand) ** 2;
        explained += (drugMeans[drug] + cellMeans[cell] - 2 * grand) ** 2;
      })
    );
  });
  const interaction = 1 - explained / total;
  assert.ok(interaction > 0.1 && interaction < 0.7, `${interaction} of the variance is interaction`);
});

Deno.test("p53 decides what an MDM2 inhibitor does, and dependence what a kinase inhibitor kills", () => {
  const [working, broken] = [true, false].map((wildTypeP53) => ({ ...cells[0], wildTypeP53 }));
  const nutlin = drugNamed("nutlin-3");
  const cdkn1a = network.genes.indexOf("CDKN1A");
  const change = (cell: typeof working) => Math.abs(drugResponse(network, cell, nutlin, 10, 24)[cdkn1a]);
  assert.ok(change(working) > 1.5 * change(broken), `${change(working)} ${change(broken)}`);
  assert.ok(logIc50Of(network, working, nutlin) < logIc50Of(network, broken, nutlin));
  const egfr = network.genes.indexOf("EGFR");
  const [high, low] = [2, -2].map((deviation) => ({
    ...cells[0],
    deviation: cells[0].deviation.with(egfr, deviation),
  }));
  assert.ok(
    logIc50Of(network, high, drugNamed("gefitinib")) < logIc50Of(network, low, drugNamed("gefitinib")) - 0.5,
  );
});

Deno.test("responses and lines spread as on the real plates that the simulator names", () => {
  const conditions = simulatedDrugs.slice(0, 24).flatMap((drug) =>
    cells.slice(0, 4).flatMap((cell) =>
      [6, 24].flatMap((time) => [0.12, 1.11, 10].map((dose) => drugResponse(network, cell, drug, dose, time)))
    )
  );
  const size = Math.sqrt(
    conditions.reduce((sum, response) => sum + rms(response) ** 2, 0) / conditions.length,
  );
  assert.ok(size > 0.4 && size < 0.65, `${size} log2 units, expected about 0.5`);
  const many = simulateCells(5, network, 80);
  const spreads = network.genes.map((_, gene) => {
    const mean = many.reduce((sum, cell) => sum + cell.expression[gene], 0) / many.length;
    return Math.sqrt(
      many.reduce((sum, cell) => sum + (cell.expression[gene] - mean) ** 2, 0) / (many.length - 1),
    );
  }).sort((a, b) => a - b);
  assert.ok(
    Math.abs(spreads[120] - 1.0) < 0.1,
    `${spreads[120]} log2 units between lines, expected about 1.0`,
  );
});

Deno.test("options that cannot be used are refused by name", () => {
  assert.throws(() => simulateL1000({ genes: 12 }), /options: genes is 12: .*>=160/);
  assert.throws(() => simulateL1000({ drugs: 9999 }), /drugs is 9999/);
  assert.throws(() => simulateL1000({ doses: [1, -1] }), /doses\.1 is -1/);
  const misspelt: object = { gnes: 300 };
  assert.throws(() => simulateL1000(misspelt), /gnes/);
});
