import { cellNames, drugIdNames, drugNameNames, plainColumn, smilesNames } from "./column_names.ts";

/**
 * Names without case and punctuation that columns beside genes have: what describes a sample, or sums it up. None is the symbol of
 * a human gene; MAX, SET, MAD and RANK are, and are not here.
 */
const names = new Set([
  ...[...smilesNames, ...drugNameNames, ...drugIdNames, ...cellNames].map(plainColumn),
  ...["mean", "median", "average", "avg", "std", "sd", "sem", "stdev", "stddev", "var", "variance", "cv"],
  ...["min", "sum", "total", "totals", "count", "counts", "totalcounts", "ncounts", "ngenes", "nfeatures"],
  ...["librarysize", "percentmt", "n"],
  ...[
    "batch",
    "replicate",
    "rep",
    "date",
    "site",
    "lab",
    "operator",
    "passage",
    "qc",
    "qcpass",
    "tas",
    "tasscore",
  ],
  ...[
    "dose",
    "doseum",
    "dosenm",
    "doseunit",
    "pertdose",
    "pertidose",
    "pertdoseunit",
    "conc",
    "concentration",
  ],
  ...["time", "timeh", "timepoint", "perttime", "pertitime", "perttimeunit", "duration", "day", "hours"],
  ...[
    "perttype",
    "group",
    "label",
    "treatment",
    "condition",
    "control",
    "vehicle",
    "inchikey",
    "moa",
    "pathway",
  ],
  ...["ic50", "lnic50", "logic50", "pic50", "ec50", "auc", "viability"],
  ...[
    "tissue",
    "lineage",
    "primarysite",
    "cancertype",
    "disease",
    "species",
    "organism",
    "sex",
    "gender",
    "age",
  ],
  ...["comment", "comments", "note", "notes", "remark", "remarks"],
]);

/** Whether a column of a table of genes is none by its name: `batch`, `Mean`, `std`, `dose`. */
export function isNoGene(name: string): boolean {
  return names.has(plainColumn(name));
}
