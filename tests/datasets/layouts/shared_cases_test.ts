import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSignatures } from "../../../datasets/badger/read_signatures.ts";
import { layoutNamed } from "../../../datasets/layouts/mod.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { sharedFolder, sharedTest } from "../../shared_folder.ts";

const cases = fileURLToPath(new URL("cases", sharedFolder));

/** Numbers, names and notes of a folder, or why it is refused. */
async function readCase(name: string, genes: "intersection" | null = null) {
  const folder = join(cases, name);
  const files = [...Deno.readDirSync(folder)].map((entry) => entry.name);
  const layout = layoutNamed(files.some((file) => file.startsWith("label")) ? "response" : "profiles");
  try {
    const data = await layout.read(folder, layout.settings.parse({ ppi: "none", genes }), {
      identity: "parent",
    });
    const all = [...Array(data.rows).keys()];
    return {
      said: data.notes.join("\n"),
      numbers: [
        data.truth!.take(all),
        data.basal!.take(all),
        data.dose,
        data.time,
        data.drug.of,
        data.cell.of,
      ],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { said: error.message, numbers: undefined };
  }
}

/** Folder, the sound folder that it has the numbers of (null: it is refused; undefined: numbers of its own), what is said. */
const folders: readonly (readonly [name: string, as: string | null | undefined, said: RegExp])[] = [
  ["users/02_semicolon", "users/00_ok", /^$/],
  ["users/04_excel_dates", "users/00_ok", /"1-Sep" is SEPTIN1, "1-Mar" is MARCHF1/],
  ["users/05_ensembl", "users/00_ok", /40 genes are Ensembl ids/],
  ["users/09_upper_header", "users/00_ok", /^$/],
  ["users/10_Dose_SMILES", "users/00_ok", /^$/],
  ["users/11_dose_nM_header", "users/00_ok", /"dose_nM" was converted/],
  ["users/12_dose_values_nM", undefined, /30 rows have doses above 1000/],
  ["users/20_cell_spelling", "users/00_ok", /1 cell line is written in several ways/],
  ["users/23_genes_other_order", "users/00_ok", /genes stand in another order/],
  ["users/24_gene_sets_differ", null, /5 of .* are missing .*--genes intersection/],
  ["users/32_gz", "users/00_ok", /^$/],
  ["users/41_gdsc_IC50_linear_uM", null, /row 1 .*found 78\.2208.*concentrations/],
  ["users/42_gdsc_LN_IC50_header", undefined, /a salt or mixture/],
  ["users/50_salt_forms", undefined, /5 drugs are written in several ways and count once/],
  ["05-neg666/neg666", null, /2 missing values \(1 "-666", 1 "-666\.0"\) in 2 rows/],
  ["06-unnamed-index/unnamed", "02-nan-relu/base", /"Unnamed: 0" counts the rows and was left out/],
  ["07-raw-and-ln-ic50/raw", null, /found 78\.2208.*concentrations/],
  ["07-raw-and-ln-ic50/absurd", null, /row 4 .*found 1\.5e\+17/],
  ["07-raw-and-ln-ic50/both", "07-raw-and-ln-ic50/lncol", /an ion/],
  ["09-entrez-header/entrez", "02-nan-relu/base", /40 of 40 were turned into symbols/],
  ["11-dose-unit/dosetext", "02-nan-relu/base", /^$/],
  ["11-dose-unit/doseunit", undefined, /units of "dose" were taken from their own column/],
  ["22-duplicate-rows/dupes", undefined, /24 of 48 rows are exact copies/],
  ["23-counts/counts", undefined, /look like raw counts/],
];

sharedTest("cases/users", "the folders of the shared cases come out as their table says", async (t) => {
  for (const [name, as, said] of folders) {
    await t.step(name, async () => {
      const found = await readCase(name);
      assert.match(found.said, said);
      assert.equal(found.numbers === undefined, as === null);
      if (as) assert.deepEqual(found.numbers, (await readCase(as)).numbers);
    });
  }
  await t.step("genes of both files", async () => {
    assert.match(
      (await readCase("users/24_gene_sets_differ", "intersection")).said,
      /35 genes are in both files/,
    );
  });
  await t.step("doses as text", async () => {
    for (const name of ["plain", "mixed", "bdup"]) {
      const { rows } = await readSignatures([join(cases, `04-badger-dose-text/${name}.csv`)]);
      assert.equal(new Set(rows.map(({ dose }) => dose)).size, 4, name);
    }
  });
});
