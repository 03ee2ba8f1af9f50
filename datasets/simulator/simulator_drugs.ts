/** A well-known drug as the simulator knows it: its structure is real, its pharmacology a caricature in four numbers. */
export interface SimulatedDrug {
  /** Generic name or the name it is sold for research under. */
  readonly name: string;
  /** Written by hand. */
  readonly smiles: string;
  /** As drug catalogues put it. */
  readonly mechanism: string;
  /** Gene symbols; none for a decoy. */
  readonly targets: readonly string[];
  /** What it does to its targets. */
  readonly action: "inhibits" | "activates";
  /** Dose of half occupancy in a cell, µM; order of magnitude of the published cellular potency. */
  readonly halfDose: number;
  /** How far full occupancy moves the output of an average target's pathway, log2 units. */
  readonly strength: number;
}

// With the default doses and lines a response has a root mean square of about 0.5 log2 units over all genes and conditions,
// as on the real A375 and SKBR3 plates once the noise of vehicle wells is taken off.
const weak = 1.5, moderate = 3, strong = 4.5;

function inhibitor(
  name: string,
  mechanism: string,
  targets: string,
  halfDose: number,
  strength: number,
  smiles: string,
): SimulatedDrug {
  return { name, smiles, mechanism, targets: targets.split(" "), action: "inhibits", halfDose, strength };
}

function agonist(
  name: string,
  mechanism: string,
  targets: string,
  halfDose: number,
  strength: number,
  smiles: string,
): SimulatedDrug {
  return { ...inhibitor(name, mechanism, targets, halfDose, strength, smiles), action: "activates" };
}

/**
 * Forty-odd drugs, their SMILES written by hand; ordered so that the first dozens already span the mechanisms, with pairs
 * of the same mechanism among them.
 */
export const simulatedDrugs: readonly SimulatedDrug[] = [
  inhibitor(
    "gefitinib",
    "EGFR inhibitor",
    "EGFR",
    0.1,
    moderate,
    "COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1",
  ),
  inhibitor("vorinostat", "HDAC inhibitor", "HDAC1 HDAC2", 1, strong, "ONC(=O)CCCCCCC(=O)Nc1ccccc1"),
  inhibitor(
    "bortezomib",
    "proteasome inhibitor",
    "PSMB5",
    0.02,
    strong,
    "CC(C)C[C@H](NC(=O)[C@H](Cc1ccccc1)NC(=O)c1cnccn1)B(O)O",
  ),
  inhibitor(
    "vemurafenib",
    "BRAF inhibitor",
    "BRAF",
    0.2,
    moderate,
    "CCCS(=O)(=O)Nc1ccc(F)c(C(=O)c2c[nH]c3ncc(cc23)-c2ccc(Cl)cc2)c1F",
  ),
  agonist(
    "dexamethasone",
    "glucocorticoid receptor agonist",
    "NR3C1",
    0.01,
    moderate,
    "C[C@@H]1C[C@H]2[C@@H]3CCC4=CC(=O)C=C[C@]4(C)[C@@]3(F)[C@@H](O)C[C@]2(C)[C@@]1(O)C(=O)CO",
  ),
  inhibitor(
    "camptothecin",
    "topoisomerase I inhibitor",
    "TOP1",
    0.1,
    strong,
    "CC[C@@]1(O)C(=O)OCc2c1cc1n(c2=O)Cc2cc3ccccc3nc12",
  ),
  inhibitor(
    "palbociclib",
    "CDK4/6 inhibitor",
    "CDK4 CDK6",
    0.1,
    moderate,
    "CC(=O)C1=C(C)c2cnc(Nc3ccc(cn3)N3CCNCC3)nc2N(C2CCCC2)C1=O",
  ),
  inhibitor(
    "simvastatin",
    "HMG-CoA reductase inhibitor",
    "HMGCR",
    1,
    moderate,
    "CCC(C)(C)C(=O)O[C@H]1C[C@@H](C)C=C2C=C[C@H](C)[C@H](CC[C@@H]3C[C@@H](O)CC(=O)O3)[C@@H]12",
  ),
  inhibitor(
    "AZD8055",
    "mTOR inhibitor",
    "MTOR",
    0.1,
    moderate,
    "COc1ccc(cc1CO)-c1ccc2c(n1)nc(nc2N1CCOC[C@@H]1C)N1CCOC[C@@H]1C",
  ),
  inhibitor(
    "colchicine",
    "tubulin polymerisation inhibitor",
    "TUBB TUBA1A",
    0.03,
    strong,
    "CC(=O)N[C@H]1CCc2cc(OC)c(OC)c(OC)c2-c2ccc(OC)c(=O)cc12",
  ),
  inhibitor(
    "JQ1",
    "BET bromodomain inhibitor",
    "BRD4",
    0.2,
    strong,
    "Cc1sc2c(c1C)C(=N[C@@H](CC(=O)OC(C)(C)C)c1nnc(C)n12)c1ccc(Cl)cc1",
  ),
  inhibitor(
    "ruxolitinib",
    "JAK inhibitor",
    "JAK1 JAK2",
    0.1,
    moderate,
    "N#CC[C@H](C1CCCC1)n1cc(cn1)-c1ncnc2[nH]ccc12",
  ),
  inhibitor(
    "luminespib",
    "HSP90 inhibitor",
    "HSP90AA1",
    0.03,
    strong,
    "CCNC(=O)c1noc(c1-c1ccc(CN2CCOCC2)cc1)-c1cc(C(C)C)c(O)cc1O",
  ),
  inhibitor(
    "imatinib",
    "ABL, KIT and PDGFR inhibitor",
    "ABL1 KIT PDGFRA",
    0.5,
    moderate,
    "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(n1)-c1cccnc1",
  ),
  inhibitor(
    "selumetinib",
    "MEK inhibitor",
    "MAP2K1",
    0.05,
    strong,
    "Cn1cnc2c(F)c(Nc3ccc(Br)cc3Cl)c(cc12)C(=O)NOCCO",
  ),
  inhibitor(
    "nutlin-3",
    "MDM2 inhibitor",
    "MDM2",
    2,
    strong,
    "CC(C)Oc1cc(OC)ccc1C1=N[C@H]([C@H](N1C(=O)N1CCNC(=O)C1)c1ccc(Cl)cc1)c1ccc(Cl)cc1",
  ),
  inhibitor(
    "tamoxifen",
    "oestrogen receptor antagonist",
    "ESR1",
    1,
    moderate,
    "CC/C(=C(\\c1ccccc1)c1ccc(OCCN(C)C)cc1)c1ccccc1",
  ),
  inhibitor(
    "MK-2206",
    "AKT inhibitor",
    "AKT1",
    0.2,
    moderate,
    "NC1(CCC1)c1ccc(cc1)-c1nc2ccn3c(=O)[nH]nc3c2cc1-c1ccccc1",
  ),
  inhibitor(
    "BI 2536",
    "PLK1 inhibitor",
    "PLK1",
    0.02,
    strong,
    "CC[C@@H]1C(=O)N(C)c2cnc(Nc3ccc(cc3OC)C(=O)NC3CCN(C)CC3)nc2N1C1CCCC1",
  ),
  inhibitor(
    "doxorubicin",
    "topoisomerase II inhibitor",
    "TOP2A",
    0.3,
    strong,
    "COc1cccc2C(=O)c3c(O)c4C[C@](O)(C[C@H](O[C@H]5C[C@H](N)[C@H](O)[C@H](C)O5)c4c(O)c3C(=O)c12)C(=O)CO",
  ),
  inhibitor("erlotinib", "EGFR inhibitor", "EGFR", 0.2, moderate, "COCCOc1cc2ncnc(Nc3cccc(C#C)c3)c2cc1OCCOC"),
  inhibitor("BAY 11-7082", "IKK inhibitor", "IKBKB", 3, moderate, "Cc1ccc(cc1)S(=O)(=O)/C=C/C#N"),
  inhibitor(
    "dasatinib",
    "ABL and SRC inhibitor",
    "ABL1 SRC",
    0.05,
    moderate,
    "Cc1nc(Nc2ncc(s2)C(=O)Nc2c(C)cccc2Cl)cc(n1)N1CCN(CCO)CC1",
  ),
  inhibitor(
    "decitabine",
    "DNA methyltransferase inhibitor",
    "DNMT1",
    0.5,
    moderate,
    "Nc1ncn([C@H]2C[C@H](O)[C@@H](CO)O2)c(=O)n1",
  ),
  inhibitor("entinostat", "HDAC inhibitor", "HDAC1", 1, strong, "Nc1ccccc1NC(=O)c1ccc(CNC(=O)OCc2cccnc2)cc1"),
  inhibitor(
    "lapatinib",
    "EGFR and HER2 inhibitor",
    "EGFR ERBB2",
    0.1,
    moderate,
    "CS(=O)(=O)CCNCc1ccc(o1)-c1ccc2ncnc(Nc3ccc(OCc4cccc(F)c4)c(Cl)c3)c2c1",
  ),
  inhibitor(
    "alpelisib",
    "PI3K alpha inhibitor",
    "PIK3CA",
    0.3,
    moderate,
    "Cc1nc(NC(=O)N2CCC[C@H]2C(N)=O)sc1-c1ccnc(c1)C(C)(C)C(F)(F)F",
  ),
  inhibitor(
    "alisertib",
    "Aurora A inhibitor",
    "AURKA",
    0.05,
    moderate,
    "COc1cc(ccc1C(O)=O)Nc1ncc2CN=C(c3cc(Cl)ccc3-c2n1)c1c(F)cccc1OC",
  ),
  inhibitor(
    "sorafenib",
    "RAF and VEGFR inhibitor",
    "RAF1 KDR",
    2,
    moderate,
    "CNC(=O)c1cc(Oc2ccc(NC(=O)Nc3ccc(Cl)c(c3)C(F)(F)F)cc2)ccn1",
  ),
  inhibitor(
    "methotrexate",
    "dihydrofolate reductase inhibitor",
    "DHFR",
    0.05,
    moderate,
    "CN(Cc1cnc2nc(N)nc(N)c2n1)c1ccc(cc1)C(=O)N[C@@H](CCC(O)=O)C(O)=O",
  ),
  inhibitor(
    "olaparib",
    "PARP inhibitor",
    "PARP1",
    1,
    weak,
    "O=C(C1CC1)N1CCN(CC1)C(=O)c1cc(Cc2n[nH]c(=O)c3ccccc23)ccc1F",
  ),
  inhibitor(
    "nocodazole",
    "tubulin polymerisation inhibitor",
    "TUBB",
    0.1,
    strong,
    "COC(=O)Nc1nc2cc(ccc2[nH]1)C(=O)c1cccs1",
  ),
  inhibitor(
    "enzalutamide",
    "androgen receptor antagonist",
    "AR",
    0.5,
    moderate,
    "CNC(=O)c1ccc(cc1F)N1C(=S)N(C(=O)C1(C)C)c1ccc(C#N)c(c1)C(F)(F)F",
  ),
  inhibitor(
    "crizotinib",
    "MET inhibitor",
    "MET",
    0.2,
    moderate,
    "CC(Oc1cc(cnc1N)-c1cnn(c1)C1CCNCC1)c1c(Cl)ccc(F)c1Cl",
  ),
  inhibitor(
    "gemcitabine",
    "ribonucleotide reductase inhibitor",
    "RRM2",
    0.02,
    strong,
    "Nc1ccn([C@@H]2O[C@H](CO)[C@@H](O)C2(F)F)c(=O)n1",
  ),
  agonist(
    "estradiol",
    "oestrogen receptor agonist",
    "ESR1",
    0.001,
    moderate,
    "C[C@]12CC[C@H]3[C@@H](CCc4cc(O)ccc34)[C@@H]1CC[C@@H]2O",
  ),
  inhibitor(
    "trametinib",
    "MEK inhibitor",
    "MAP2K1",
    0.005,
    strong,
    "CC(=O)Nc1cccc(c1)-n1c(=O)n(C2CC2)c(=O)c2c(Nc3ccc(I)cc3F)n(C)c(=O)c(C)c12",
  ),
  inhibitor(
    "sunitinib",
    "VEGFR and KIT inhibitor",
    "KDR KIT",
    0.3,
    moderate,
    "CCN(CC)CCNC(=O)c1c(C)[nH]c(C=C2C(=O)Nc3ccc(F)cc23)c1C",
  ),
  inhibitor(
    "5-fluorouracil",
    "thymidylate synthase inhibitor",
    "TYMS",
    3,
    moderate,
    "O=c1[nH]cc(F)c(=O)[nH]1",
  ),
  agonist(
    "rosiglitazone",
    "PPAR gamma agonist",
    "PPARG",
    0.1,
    moderate,
    "CN(CCOc1ccc(CC2SC(=O)NC2=O)cc1)c1ccccn1",
  ),
  inhibitor(
    "celecoxib",
    "COX-2 inhibitor",
    "PTGS2",
    3,
    weak,
    "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F",
  ),
  inhibitor(
    "tofacitinib",
    "JAK inhibitor",
    "JAK1",
    0.1,
    moderate,
    "C[C@@H]1CCN(C[C@@H]1N(C)c1ncnc2[nH]ccc12)C(=O)CC#N",
  ),
  agonist("metformin", "AMPK activator", "PRKAA1", 2000, moderate, "CN(C)C(=N)NC(N)=N"),
  inhibitor("aspirin", "COX inhibitor", "PTGS2", 300, weak, "CC(=O)Oc1ccccc1C(O)=O"),
];

function decoy(name: string, smiles: string): SimulatedDrug {
  return {
    name,
    smiles,
    mechanism: "none (decoy)",
    targets: [],
    action: "inhibits",
    halfDose: 1e6,
    strength: 0,
  };
}

/** Nutrients and excipients: molecules that do nothing at these doses, which a model must learn to leave alone. */
export const simulatedDecoys: readonly SimulatedDrug[] = [
  decoy("glucose", "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O"),
  decoy("taurine", "NCCS(O)(=O)=O"),
  decoy("citric acid", "OC(=O)CC(O)(CC(O)=O)C(O)=O"),
  decoy("sucrose", "OC[C@H]1O[C@@](CO)(O[C@H]2O[C@H](CO)[C@@H](O)[C@H](O)[C@H]2O)[C@@H](O)[C@@H]1O"),
  decoy("creatine", "CN(CC(O)=O)C(N)=N"),
  decoy("mannitol", "OC[C@@H](O)[C@@H](O)[C@H](O)[C@H](O)CO"),
  decoy("ascorbic acid", "OC[C@H](O)[C@H]1OC(=O)C(O)=C1O"),
  decoy("urea", "NC(N)=O"),
];
