/** A cellular process: its named genes, and what becomes of other processes when its output changes. */
export interface CellularProcess {
  readonly name: string;
  readonly genes: readonly string[];
  /** Change of another process' programme per unit change of this one's output. */
  readonly drives: Readonly<Record<string, number>>;
}

/**
 * The processes of the simulated cell, with the links that textbooks give them. A drug acts on a process through its target;
 * the links carry the change on. The weights are round numbers, not fits.
 */
export const cellularProcesses: readonly CellularProcess[] = [
  {
    name: "growth signalling",
    genes: ["EGFR", "ERBB2", "KRAS", "BRAF", "RAF1", "MAP2K1", "MAPK1", "DUSP6", "SPRY2", "FOS", "EGR1"],
    drives: { "MYC and ribosome": 0.6, "cell cycle": 0.5, "PI3K and mTOR": 0.3 },
  },
  {
    name: "receptor kinases",
    genes: ["ABL1", "SRC", "KIT", "PDGFRA", "KDR", "MET", "CRK", "SHC1", "GAB1"],
    drives: { "growth signalling": 0.5, "PI3K and mTOR": 0.4 },
  },
  {
    name: "PI3K and mTOR",
    genes: ["PIK3CA", "PTEN", "AKT1", "MTOR", "RPS6", "TSC1", "RHEB", "EIF4EBP1", "FOXO3"],
    // The last link is the release of feedback on receptors when mTOR is inhibited.
    drives: { "MYC and ribosome": 0.5, "sterol synthesis": 0.4, metabolism: 0.5, "growth signalling": -0.3 },
  },
  {
    name: "MYC and ribosome",
    genes: ["MYC", "MAX", "ODC1", "NCL", "NPM1", "POLR1A", "CAD"],
    drives: { "cell cycle": 0.4 },
  },
  {
    name: "cell cycle",
    genes: ["CDK2", "CDK4", "CDK6", "CCND1", "CCNE1", "RB1", "E2F1", "CCNA2", "MCM2"],
    drives: { mitosis: 0.7, "DNA replication": 0.3 },
  },
  {
    name: "mitosis",
    genes: ["TUBB", "TUBA1A", "AURKA", "AURKB", "PLK1", "BUB1", "CCNB1", "CDK1", "KIF11"],
    drives: { p53: -0.4, "cell cycle": 0.4 },
  },
  {
    name: "DNA replication",
    genes: ["TOP1", "TOP2A", "TYMS", "DHFR", "RRM2", "PARP1", "ATM", "ATR", "CHEK1", "PCNA"],
    drives: { p53: -0.9, "cell cycle": 0.5 },
  },
  {
    name: "p53",
    genes: ["TP53", "MDM2", "CDKN1A", "BAX", "BBC3", "GADD45A", "SESN1", "FAS"],
    drives: { "cell cycle": -0.7, mitosis: -0.5 },
  },
  {
    name: "proteostasis",
    genes: ["PSMB5", "PSMD4", "HSP90AA1", "HSPA1A", "HSPA5", "DNAJB1", "UBB", "ATF4", "DDIT3", "HMOX1"],
    drives: { p53: 0.3, "cell cycle": -0.5, "MYC and ribosome": -0.4 },
  },
  {
    name: "chromatin",
    genes: ["HDAC1", "HDAC2", "BRD4", "EZH2", "DNMT1", "KDM1A", "SMARCA4", "H1-0", "KAT2B"],
    drives: { "MYC and ribosome": 0.6, inflammation: 0.4, differentiation: 0.6 },
  },
  {
    name: "nuclear receptors",
    genes: ["ESR1", "AR", "NR3C1", "PGR", "FKBP5", "GREB1", "KLK3", "TSC22D3"],
    drives: { inflammation: -0.5, differentiation: 0.4 },
  },
  {
    name: "inflammation",
    genes: ["NFKB1", "RELA", "IKBKB", "PTGS2", "IL6", "TNF", "CXCL8", "NFKBIA"],
    drives: { interferon: 0.4, p53: -0.2 },
  },
  {
    name: "interferon",
    genes: ["JAK1", "JAK2", "STAT1", "STAT3", "SOCS3", "IFIT1", "IRF9", "ISG15"],
    drives: { inflammation: 0.3, "MYC and ribosome": 0.2 },
  },
  {
    name: "sterol synthesis",
    genes: ["HMGCR", "LDLR", "SREBF2", "SQLE", "INSIG1", "FDFT1", "IDI1"],
    drives: { "MYC and ribosome": -0.2, proteostasis: 0.3 },
  },
  {
    name: "metabolism",
    genes: ["HIF1A", "PRKAA1", "SLC2A1", "HK2", "LDHA", "PPARG", "PDK1", "FABP4"],
    drives: { "MYC and ribosome": 0.3, differentiation: -0.2 },
  },
  {
    name: "differentiation",
    genes: ["KRT18", "KRT7", "VIM", "CDH1", "CDH2", "SOX2", "GATA3", "ID1"],
    drives: { "cell cycle": -0.3 },
  },
];

/**
 * Genes whose loss raises the output of their process: its brakes (MDM2 of p53, histone deacetylases), and enzymes whose
 * inhibition induces the programme that would replace them (proteasome and HSP90: heat shock; HMG-CoA reductase: sterols).
 */
export const processBrakes: ReadonlySet<string> = new Set([
  "MDM2",
  "PTEN",
  "TSC1",
  "RB1",
  "HDAC1",
  "HDAC2",
  "DNMT1",
  "EZH2",
  "KDM1A",
  "PSMB5",
  "HSP90AA1",
  "HMGCR",
  "NFKBIA",
]);
