import type { Dataset } from "../../dataset.ts";
import { buildSampleTable, type SampleRow } from "../../readers/sample_table.ts";
import type { SampleTable } from "../../types.ts";
import { joinMatrices, joinNumbers, joinTables } from "../common/join_tables.ts";
import type { ProfileInputs } from "./inputs.ts";

/** Rows of `own`, then those of `other`; molecules of one SMILES are one, interactions those of `own`. */
export function appendProfiles(
  own: Dataset<ProfileInputs>,
  other: Dataset<ProfileInputs>,
): Dataset<ProfileInputs> {
  const [first, second] = [own.inputs, other.inputs];
  const place = new Map(first.molecules.map(({ smiles }, number) => [smiles, number]));
  const molecules = [...first.molecules];
  const numberOf = second.molecules.map((molecule) => {
    let number = place.get(molecule.smiles);
    if (number === undefined) {
      number = molecules.length;
      place.set(molecule.smiles, number);
      molecules.push(molecule);
    }
    return number;
  });
  return joinTables(own, other, {
    genes: first.genes,
    samples: buildSampleTable([...sampleRows(first.samples), ...sampleRows(second.samples)]),
    basal: joinMatrices(first.basal, second.basal, other.rows),
    molecules,
    moleculeOfRow: joinNumbers(first.moleculeOfRow, second.moleculeOfRow.map((number) => numberOf[number])),
    ppi: first.ppi,
  });
}

function sampleRows(samples: SampleTable): SampleRow[] {
  return samples.smiles.map((smiles, row) => {
    const drug = samples.drugOfRow[row], name = samples.drugNames[drug];
    return {
      dose: samples.dose[row],
      time: samples.time[row],
      smiles,
      drugName: name === samples.drugs[drug] ? undefined : name,
      cell: samples.cells?.[row],
      fileRow: samples.fileRows?.[row],
    };
  });
}
