import assert from "node:assert/strict";
import { valuesOf } from "../../../datasets/matrix.ts";
import { readCsvPlates } from "../../../datasets/plates/read_plates.ts";
import { gctxBytes } from "../../../datasets/formats/write_matrix.ts";
import { preparePlates, type PreparePlatesOptions } from "../../../datasets/plates/prepare_plates.ts";
import { plateScores } from "../../../datasets/plates/plate_scores.ts";
import { wellsOf } from "../../../datasets/plates/wells.ts";
import { readExpressionTable } from "../../../datasets/readers/read_expression_table.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { modz } from "../../../datasets/statistics/modz.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { sharedFolder, sharedTest } from "../../shared_folder.ts";

const usual = {
  tables: [],
  where: [],
  vehicles: ["DMSO"],
  reference: "plate",
  floor: 0.1,
  clip: 10,
  basal: "well",
  replicates: "keep",
  seed: 42,
} as const;

/** Two plates of five wells: three treated, two vehicle; LINCS' names of fields, units apart from their numbers. */
const ids = ["P1:A", "P1:B", "P1:C", "P1:D", "P1:E", "P2:A", "P2:B", "P2:C", "P2:D", "P2:E"];
const repeat = (...texts: string[]) => [...texts, ...texts];
const fields: Record<string, string[]> = {
  det_plate: ids.map((id) => id.slice(0, 2)),
  cell_id: ids.map(() => "A375"),
  pert_id: repeat("D1", "D2", "D3", "DMSO", "DMSO"),
  pert_type: repeat("trt_cp", "trt_poscon", "trt_cp", "ctl_vehicle", "ctl_vehicle"),
  pert_dose: repeat("500", "10", "3.33", "", ""),
  pert_dose_unit: repeat("nM", "uM", "µM", "", ""),
  pert_time: ids.map(() => "24"),
  pert_time_unit: ids.map(() => "h"),
  canonical_smiles: repeat("CCO", "c1ccccc1", "", "", ""),
};
const genes = ["DDR1", "PAX8", "RPS5"];
const values = Float32Array.from(
  ids.flatMap((_, well) => [7 + well, 3 + 0.5 * ((well * 3) % 5), 9 - 0.2 * ((well * 7) % 5)]),
);

async function made(
  change: Partial<PreparePlatesOptions>,
  work: (folder: string, result: Awaited<ReturnType<typeof preparePlates>>) => Promise<void> | void,
  other = fields,
) {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/level3.gctx`;
    const matrix = {
      samples: { ids, fields: new Map(Object.entries(other)) },
      features: { ids: ["1", "2", "3"], fields: new Map([["pr_gene_symbol", genes]]) },
      values,
    };
    await Deno.writeFile(file, await gctxBytes(matrix, "test"));
    await work(
      folder,
      await preparePlates({ ...usual, matrices: [file], output: `${folder}/out`, ...change }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("wells of plates become rows of treated and control profiles of the same plate, that a model can read", () =>
  made({}, async (folder, { steps, notes, plates }) => {
    assert.deepEqual(steps.map(({ left }) => left), [10, 6, 4, 4]);
    assert.match(notes.join(), /No structure for 1 perturbation \("D3"\)/);
    assert.deepEqual(plates.map(({ treated, vehicles }) => [treated, vehicles]), [[2, 2], [2, 2]]);
    const data = await readPretrainingFolder(`${folder}/out`);
    assert.deepEqual([...data.samples.dose], [0.5, 10, 0.5, 10]);
    assert.deepEqual([...data.samples.time], [24, 24, 24, 24]);
    assert.deepEqual(data.genes, genes);
    // Gene 1 of plate 1 is 7, 8, 9, 10, 11: median 9, MAD 1.
    const z = (x: number) => Math.fround((x - 9) / 1.4826);
    const perturbed = valuesOf(data.perturbed), basal = valuesOf(data.basal);
    assert.deepEqual([perturbed[0], perturbed[3]], [z(7), z(8)]);
    for (const row of [0, 1, 2, 3]) {
      const own = [z(10), z(11)];
      assert(own.includes(basal[3 * row]), `row ${row}: ${basal[3 * row]}`);
    }
  }));

Deno.test("the median of the vehicle wells and replicates by MODZ", () =>
  made({ basal: "median", replicates: "modz" }, async (folder, { steps }) => {
    assert.deepEqual(steps.map(({ left }) => left), [10, 6, 4, 4, 2]);
    const comp = await readExpressionTable(`${folder}/out/gex_comp.csv`);
    const dmso = await readExpressionTable(`${folder}/out/gex_DMSO.csv`);
    assert.equal(comp.rows, 2);
    // Two replicates weigh the same; both plates have the same places on their own scale.
    assert(
      Math.abs(valuesOf(comp.values)[0] + 2 / 1.4826) < 1e-6 &&
        Math.abs(valuesOf(dmso.values)[0] - 1.5 / 1.4826) < 1e-6,
    );
    const [, first] = (await Deno.readTextFile(`${folder}/out/condition_table.csv`)).split("\n");
    assert.match(first, /P1\|P2,P1:A\|P2:A,P1:D\|P1:E\|P2:D\|P2:E$/);
  }));

Deno.test("MODZ weighs a replicate that disagrees down, and never below its floor", () => {
  const good = Float32Array.from({ length: 50 }, (_, gene) => gene),
    bad = good.map((gene) => (gene * 17) % 50);
  const near = good.map((gene) => gene + (gene % 2 ? 1.2 : -1.2));
  const { weights, pairs } = modz([good, near, bad]);
  assert(weights[0] > 0.35 && weights[1] > 0.35 && weights[2] < 0.25, weights.join());
  assert.equal(pairs.length, 3);
  const against = modz([good, good.map((gene) => -gene), near]);
  assert(
    against.weights.every((weight) => weight > 0) && Math.abs(
          against.weights.reduce((a, b) => a + b) - 1,
        ) < 1e-12,
  );
  assert.deepEqual(modz([good]).values, good);
});

Deno.test("the vehicle wells of a plate as reference, their spread taken over plates of one time", () => {
  const wells = wellsOf("test", { ids, fields: new Map(Object.entries(fields)) });
  const scores = plateScores(wells, values, 3, { reference: "vehicle", floor: 0.1, clip: 3 });
  // Vehicles of plate 1 are 10 and 11: median 10.5, deviations 0.5 on both plates.
  assert.equal(scores[3 * 3], Math.fround(-0.5 / (1.4826 * 0.5)));
  assert.equal(scores[0], -3);
});

Deno.test("what cannot be prepared is refused by name", async () => {
  const refused = async (change: Partial<PreparePlatesOptions>, expected: RegExp, other = fields) =>
    await assert.rejects(made(change, () => {}, other), (error) => {
      assert(error instanceof UserError, String(error));
      assert.match(error.message, expected);
      return true;
    });
  await refused(
    { where: [{ field: "cell", values: ["A375"] }] },
    /no field "cell", expected one of .*"cell_id"/,
  );
  await refused(
    { where: [{ field: "cell_id", values: ["MCF7"] }] },
    /no well is left after the step "cell_id is MCF7"/,
  );
  await refused({ vehicles: ["water"] }, /no well is left after the step "with a vehicle well/);
  await refused({}, /well P1:B, column pert_dose: found "ten", .*expected a dose in µM/, {
    ...fields,
    pert_dose: repeat("1", "ten", "1", "", ""),
  });
  await refused({}, /well P2:A, column pert_time: found "soon/, {
    ...fields,
    pert_time: ids.map((id) => id === "P2:A" ? "soon" : "24"),
  });
  const { pert_type: _, ...without } = fields;
  await refused({}, /no field for the type of perturbation, expected pert_type/, without as typeof fields);
});

sharedTest(
  ["data/l1000-plates", "data/csg2a-format/skbr3"],
  "plates of SKBR3 become the rows of the ready folder, within the rounding of the profiles",
  async () => {
    const at = (path: string) => new URL(`data/${path}`, sharedFolder).pathname;
    const output = await Deno.makeTempDir();
    try {
      await preparePlates({
        ...usual,
        output,
        form: "stored",
        matrices: [],
        tables: [{
          wells: at("l1000-plates/skbr3.wells.csv"),
          profiles: at("l1000-plates/skbr3.log2expr.csv"),
        }],
        reference: "vehicle",
        where: [{ field: "use", values: ["1"] }],
      });
      const own = await readPretrainingFolder(output),
        ready = await readPretrainingFolder(at("csg2a-format/skbr3"));
      assert.deepEqual(own.samples.smiles, ready.samples.smiles);
      assert.deepEqual(own.samples.dose, ready.samples.dose);
      // Profiles have four decimals: 5e-5 of a MAD of 0.067 at least moves a score of 10 by 0.0075.
      const published = valuesOf(ready.perturbed);
      const worst = valuesOf(own.perturbed).reduce(
        (most, value, place) => Math.max(most, Math.abs(value - published[place])),
        0,
      );
      assert(worst < 0.009, `${worst}`);
    } finally {
      await Deno.remove(output, { recursive: true });
    }
  },
);

Deno.test("a well whose profile stands twice is refused with the rows of both", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const wells = `${folder}/wells.csv`, profiles = `${folder}/profiles.csv`;
    await Deno.writeTextFile(wells, "id,plate\nw1,p\nw2,p\n");
    await Deno.writeTextFile(profiles, "id,DDR1\nw1,1\nw2,2\nw1,3\n");
    await assert.rejects(
      readCsvPlates(wells, profiles),
      (error) =>
        error instanceof UserError &&
        error.message.includes('profiles.csv, first column, ids 1 and 3: found "w1" twice'),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("doses and times of wells are read by the one parser of quantities", () => {
  const one = (columns: Record<string, string>) => {
    const fields = { plate: "p", cell_id: "A375", pert_id: "d1", pert_type: "trt_cp", ...columns };
    const [well] = wellsOf("wells.csv", {
      ids: ["w1"],
      fields: new Map(Object.entries(fields).map(([name, text]) => [name, [text]])),
    });
    return [well.dose, well.time];
  };
  for (
    const [columns, dose, time] of [
      [{ dose_nM: "500", time_h: "24" }, 0.5, 24],
      [{ "Dose (nM)": "500", "Time [min]": "1440" }, 0.5, 24],
      [{ concentration: "10 \u00b5M", duration: "1 d" }, 10, 24],
      [{ pert_dose: "0.01", pert_dose_unit: "mM", pert_time: "24", pert_time_unit: "h" }, 10, 24],
      [{ pert_idose: "10 um", pert_itime: "24 h" }, 10, 24],
      [{ conc_uM: "10", hours: "6" }, 10, 6],
      [{ dose_M: "1e-5", time: "6" }, 10, 6],
    ] as const
  ) assert.deepEqual(one(columns), [Math.fround(dose), time], JSON.stringify(columns));
  for (
    const [columns, message] of [
      [{ dose: "1e-5", time: "24" }, /well w1, column dose: found 0\.00001.*dose_M/],
      [{ dose: "10", time: "1440" }, /well w1, column time: found 1440.*time_min/],
      [{ dose_mg: "10", time: "24" }, /found the columns? .*expected "dose"/],
      [{ dose: "-1", time: "24" }, /well w1, column dose: found "-1", a negative value/],
      [{ dose: "<1", time: "24" }, /well w1, column dose: found "<1", a bound/],
    ] as const
  ) assert.throws(() => one(columns), message);
});

Deno.test("a well without plate, cell line or unit beside others that have one is refused", () => {
  const fields = {
    plate: ["p", "p"],
    cell_id: ["A375", "A375"],
    pert_id: ["d1", "d1"],
    pert_type: ["trt_cp", "trt_cp"],
    dose: ["1", "2"],
    dose_unit: ["nM", "nM"],
    time: ["6", "6"],
  };
  const wells = (changes: Record<string, string[]>) =>
    wellsOf("wells.csv", {
      ids: ["w1", "w2"],
      fields: new Map(Object.entries({ ...fields, ...changes })),
    });
  for (const [name, filled] of [["plate", "p"], ["cell_id", "A375"], ["dose_unit", "nM"]]) {
    assert.throws(
      () => wells({ [name]: [filled, ""] }),
      /wells\.csv, well w2: found the .*"", expected one as/,
    );
    assert.equal(wells({ [name]: ["", ""] }).length, 2);
  }
  assert.equal(wells({ dose_unit: ["nM", ""], dose: ["1", "2 nM"] })[1].dose, Math.fround(0.002));
});
