import { amountCell, doseQuantity, needsUnit, parseTime, timeQuantity } from "../readers/parse_amount.ts";
import { requireAmount } from "../readers/read_condition_table.ts";
import { AmountWatch } from "../readers/number_watch.ts";
import { isMissing } from "../readers/missing.ts";
import { notAsAbove } from "../readers/partly_blank.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import type { Axis } from "../formats/matrix_file.ts";

/** One well of a plate, or whatever else a profile was measured of. */
export interface Well {
  /** LINCS: distil id. */
  readonly id: string;
  /** Wells of one plate were measured together. */
  readonly plate: string;
  /** As written. */
  readonly cell: string;
  /** `pert_id`: BRD id, or DMSO. */
  readonly drug: string;
  /** `pert_iname`; the id where there is none. */
  readonly name: string;
  /** `other`: untreated wells, genetic perturbations, empty ones. */
  readonly kind: "treated" | "vehicle" | "other";
  /** µM; NaN for wells that are not treated. */
  readonly dose: number;
  /** Hours. */
  readonly time: number;
  /** "" where the file has none. */
  readonly smiles: string;
}

/** Names under which files of LINCS and others keep each field, the first found taken. */
const names = {
  plate: ["plate", "det_plate", "rna_plate", "plate_id", "batch"],
  cell: ["cell_id", "cell_iname", "cell", "cell_line"],
  drug: ["pert_id", "pert_mfc_id", "drug_id"],
  name: ["pert_iname", "cmap_name", "pert_desc", "drug_name"],
  type: ["pert_type"],
  smiles: ["canonical_smiles", "smiles"],
} as const;

/** What `pert_type` says. */
const kinds: Readonly<Record<string, Well["kind"]>> = {
  trt_cp: "treated",
  trt_poscon: "treated",
  ctl_vehicle: "vehicle",
};

/**
 * The wells of an axis of samples, by the names that LINCS uses.
 *
 * @param path for messages.
 * @throws {UserError} when a needed field is missing, a well has no plate, cell line or unit where others have one, or a treated well has a dose or time that cannot be read.
 */
export function wellsOf(path: string, { ids, fields }: Axis): Well[] {
  const lower = new Map([...fields].map(([name, values]) => [name.toLowerCase(), values]));
  const field = (key: keyof typeof names) =>
    names[key].map((name) => lower.get(name)).find((values) => values !== undefined);
  const need = (key: keyof typeof names, what: string) => {
    const values = field(key);
    if (values !== undefined) return values;
    throw new UserError(
      `${path}: no field for ${what}, expected ${names[key].join(" or ")} among ${
        quoteValue([...fields.keys()].join(", "), 200)
      }; rename the field, or add it.`,
    );
  };
  const plate = need("plate", "the plate"),
    cell = need("cell", "the cell line"),
    drug = need("drug", "the perturbation");
  const type = need("type", "the type of perturbation");
  const columns = [...fields.keys()], texts = [...fields.values()];
  const dose = requireAmount(path, columns, doseQuantity), time = requireAmount(path, columns, timeQuantity);
  const name = field("name"), smiles = field("smiles");
  const doseUnit = texts[dose.unitAt];
  const partly = ([
    ["plate", plate],
    ["cell line", cell],
    ["unit of the dose", doseUnit ?? []],
  ] as const).filter(([, values]) => !values.every(isMissing));
  const watches = [dose, time].map((amount) => new AmountWatch(amount));
  const wells = ids.map((id, at): Well => {
    const kind = kinds[type[at]] ?? "other";
    const cells = texts.map((values) => values[at]),
      place = { file: path, row: at + 1, line: at + 2, name: `well ${id}` };
    for (const [what, values] of partly) {
      const needed = values === doseUnit ? kind === "treated" && needsUnit(cells, dose) : kind !== "other";
      if (needed && isMissing(values[at])) {
        throw new UserError(
          `${path}, well ${id}: found the ${what} ${
            quoteValue(values[at])
          }, expected one as other wells have: ${notAsAbove}; mend it, or leave the well out with --where.`,
        );
      }
    }
    if (kind === "treated") watches.forEach((watch) => watch.take(cells, place));
    return {
      id,
      plate: plate[at],
      cell: cell[at],
      drug: drug[at],
      name: name?.[at] || drug[at],
      kind,
      dose: kind === "treated" ? amountCell(cells, dose, place) : NaN,
      time: kind === "other" ? parseTime(cells[time.at]) : amountCell(cells, time, place),
      smiles: smiles?.[at] ?? "",
    };
  });
  for (const watch of watches) watch.report();
  return wells;
}
