import { parseDose, parseTime } from "../readers/parse_amount.ts";
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
  dose: ["dose_um", "pert_dose", "pert_idose", "dose"],
  doseUnit: ["pert_dose_unit", "dose_unit"],
  time: ["time_h", "pert_time", "pert_itime", "time"],
  timeUnit: ["pert_time_unit", "time_unit"],
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
  const type = need("type", "the type of perturbation"), time = need("time", "the time");
  const dose = need("dose", "the dose");
  const name = field("name"),
    doseUnit = field("doseUnit"),
    timeUnit = field("timeUnit"),
    smiles = field("smiles");
  const partly = ([
    ["plate", plate],
    ["cell line", cell],
    ["unit of the dose", doseUnit ?? []],
  ] as const).filter(([, texts]) => !texts.every(isMissing));
  return ids.map((id, at) => {
    const kind = kinds[type[at]] ?? "other";
    for (const [what, texts] of partly) {
      const needed = texts === doseUnit
        ? kind === "treated" && /^[\d.+e-]+$/i.test(dose[at].trim()) && Number(dose[at]) !== 0
        : kind !== "other";
      if (needed && isMissing(texts[at])) {
        throw unreadable(path, id, what, texts[at], `one as other wells have: ${notAsAbove}`);
      }
    }
    const hours = withUnit(time[at], timeUnit?.[at], parseTime);
    const micromolar = withUnit(dose[at], doseUnit?.[at], parseDose);
    if (kind !== "other" && Number.isNaN(hours)) {
      throw unreadable(path, id, "time", time[at], "hours, such as 24 or 24 h");
    }
    if (kind === "treated" && Number.isNaN(micromolar)) {
      throw unreadable(
        path,
        id,
        "dose",
        `${dose[at]} ${doseUnit?.[at] ?? ""}`.trim(),
        "µM, such as 10 or 500 nM",
      );
    }
    return {
      id,
      plate: plate[at],
      cell: cell[at],
      drug: drug[at],
      name: name?.[at] || drug[at],
      kind,
      dose: kind === "treated" ? micromolar : NaN,
      time: hours,
      smiles: smiles?.[at] ?? "",
    };
  });
}

/** A unit in the value itself (`500 nM`) goes before that of the column beside it. */
function withUnit(text: string, unit: string | undefined, parse: (text: string) => number): number {
  const own = parse(text);
  if (text.trim() === "") return NaN;
  return unit && /^[\d.+e-]+$/i.test(text.trim()) ? parse(`${text} ${unit}`) : own;
}

function unreadable(path: string, id: string, what: string, found: string, expected: string): UserError {
  return new UserError(
    `${path}, well ${id}: found the ${what} ${
      quoteValue(found)
    }, expected ${expected}; mend it, or leave the well out with --where.`,
  );
}
