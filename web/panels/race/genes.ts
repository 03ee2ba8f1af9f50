/** Fewest and most genes of the slider: a toy, and CSG2A's whole gene set. */
export const [fewestGenes, mostGenes] = [100, 10_167];

/** Places of the slider. */
export const sliderSteps = 1000;

/** Genes that are one click away. */
export const notable = [100, 300, 978, 3000, mostGenes];

/** Genes at a place of the slider, which is logarithmic. */
export function genesAt(place: number): number {
  return Math.round(fewestGenes * (mostGenes / fewestGenes) ** (place / sliderSteps));
}

/** The slider's place for a number of genes. */
export function placeOf(genes: number): number {
  return Math.round(sliderSteps * Math.log(genes / fewestGenes) / Math.log(mostGenes / fewestGenes));
}
