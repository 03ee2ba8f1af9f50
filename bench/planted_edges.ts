/**
 * Do the strongest pairs of CSG2A's attention recover the interactions by which the simulator passes changes on? Trained with the graph
 * and without it (the paper's no-PPI ablation), on the same rows; precision among the 1,000 strongest pairs of each test drug's mean map.
 *
 *     deno task planted-edges OUT
 *
 * A map with the graph holds its edges by construction: it is shown as it is, and with the graph taken off.
 */
import type { ProfileInputs } from "../datasets/layouts/basal_profiles/inputs.ts";
import { correctedPairedTest } from "../datasets/statistics/corrected_paired_test.ts";
import { topPairs } from "../models/csg2a/attention_maps.ts";
import { colour, draw, standalone } from "../report/kit/draw.ts";
import { configure } from "../runs/configure.ts";
import { withRun } from "../runs/open_run.ts";
import { trainSeries } from "../runs/series.ts";

const [out = "runs/planted-edges", epochs = "20"] = Deno.args;
const top = 1000;
const data = { source: "simulator", options: { genes: 240, cells: 4, drugs: 40, decoys: 4 } } as const;

/** Of each drug: the share of the strongest pairs that interact. */
type Precision = ReadonlyMap<string, number>;

async function trained(name: string, variant: string, reading: object): Promise<string> {
  const config = await configure({
    model: "csg2a",
    preset: "demo",
    data,
    reading,
    settings: { variant },
    training: { epochs: Number(epochs) },
    split: { rule: "random", number: 0 },
  });
  const path = `${out}/${name}`;
  await trainSeries([{ path, config }], {});
  return path;
}

async function precisionOf(
  run: string,
  edges: Uint8Array,
  taken: Uint8Array | undefined,
): Promise<Precision> {
  return await withRun(run, async ({ prepared: { data, split }, predictor }) => {
    const found = new Map<string, number>(), genes = (data.inputs as ProfileInputs).genes.length;
    for (const [unit, rows] of Map.groupBy(split.test, (row) => data.drug.of[row])) {
      const conditions = Map.groupBy(rows, (row) => `${data.dose[row]} ${data.time[row]}`);
      const map = new Float64Array(genes * genes);
      for (const some of conditions.values()) {
        const { maps: { "gene-gene": own } } = await predictor.explain!(Uint32Array.from(some));
        own!.values.forEach((value, at) =>
          map[at] += some.length / rows.length * (value - (taken?.[at] ?? 0))
        );
      }
      const pairs = topPairs(map, genes, top);
      found.set(data.drug.names[unit], pairs.filter(({ i, j }) => edges[i * genes + j] === 1).length / top);
    }
    return found;
  });
}

async function edgesOf(run: string): Promise<{ edges: Uint8Array; chance: number }> {
  return await withRun(run, ({ prepared: { data } }) => {
    const { genes, ppi: { indptr, indices } } = data.inputs as ProfileInputs, n = genes.length;
    const edges = new Uint8Array(n * n);
    for (let gene = 0; gene < n; gene++) {
      for (const other of indices.subarray(indptr[gene], indptr[gene + 1])) edges[gene * n + other] = 1;
    }
    let count = 0;
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) count += edges[i * n + j];
    return Promise.resolve({ edges, chance: count / (n * (n - 1) / 2) });
  });
}

const rows: { variant: string; map: string; precision: number; low: number; high: number }[] = [];
for (const variant of ["rowsum", "matmul"]) {
  const graph = await trained(`${variant}-graph`, variant, {});
  const bare = await trained(`${variant}-no-graph`, variant, { ppi: "none", ppiIdentity: false });
  const { edges, chance } = await edgesOf(graph);
  const maps: [string, Precision][] = [
    ["with graph", await precisionOf(graph, edges, undefined)],
    ["its edges taken off", await precisionOf(graph, edges, edges)],
    ["no-PPI ablation", await precisionOf(bare, edges, undefined)],
  ];
  for (const [map, precision] of maps) {
    const values = [...precision.values()];
    const { mean, low, high } = correctedPairedTest(values, 0);
    rows.push({ variant, map, precision: mean, low: low ?? mean, high: high ?? mean });
    const ablation = maps[2][1];
    const differences = [...precision].map(([drug, value]) => value - ablation.get(drug)!);
    const lead = correctedPairedTest(differences, 0);
    console.log(
      `${variant}, ${map}: precision ${mean.toFixed(4)} [${low?.toFixed(4)}, ${
        high?.toFixed(4)
      }] over ${values.length} drugs, chance ${chance.toFixed(4)}; over the ablation ${
        lead.mean.toFixed(4)
      } [${lead.low?.toFixed(4)}, ${lead.high?.toFixed(4)}]`,
    );
  }
  rows.push({ variant, map: "chance", precision: chance, low: chance, high: chance });
}
const y = { field: "map", type: "nominal" as const, sort: null, title: null };
const figure = await draw("Planted interactions among the strongest pairs", {
  data: { values: rows },
  facet: { row: { field: "variant", type: "nominal", title: null } },
  spec: {
    width: 420,
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2, color: colour.model },
        encoding: { y, x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 1, color: colour.model },
        encoding: {
          y,
          x: {
            field: "precision",
            type: "quantitative",
            title: `share of the ${top} strongest pairs that interact`,
          },
        },
      },
    ],
  },
});
await Deno.writeTextFile(`${out}/planted_edges.svg`, standalone(figure) + "\n");
await Deno.writeTextFile(`${out}/planted_edges.json`, JSON.stringify(rows, null, 1) + "\n");
