/** Tissues that CCLE and DepMap write behind the name of a cell line. */
const tissues = [
  ...["ADRENAL_CORTEX", "AUTONOMIC_GANGLIA", "BILIARY_TRACT", "BLOOD", "BONE", "BREAST"],
  ...["CENTRAL_NERVOUS_SYSTEM", "CERVIX", "COLORECTAL", "ENDOMETRIUM", "ESOPHAGUS", "EYE"],
  ...["FIBROBLAST", "GASTRIC", "GASTROINTESTINAL_TRACT", "HAEMATOPOIETIC_AND_LYMPHOID_TISSUE"],
  ...["KIDNEY", "LARGE_INTESTINE", "LIVER", "LUNG", "LYMPHOCYTE", "OESOPHAGUS", "OVARY", "PANCREAS"],
  ...["PERIPHERAL_NERVOUS_SYSTEM", "PLACENTA", "PLASMA_CELL", "PLEURA", "PROSTATE", "SALIVARY_GLAND"],
  ...["SKIN", "SMALL_INTESTINE", "SOFT_TISSUE", "STOMACH", "TESTIS", "THYMUS", "THYROID"],
  ...["UPPER_AERODIGESTIVE_TRACT", "URINARY_TRACT", "UTERUS", "UVEA", "VULVA"],
];

const behind = new RegExp(`^(.*[\\p{L}\\p{N}].*)_(?:${tissues.join("|")})$`, "iu");

/** The name of a cell line without the tissue behind it: `A375` of `A375_SKIN`; other names as they are. */
export function withoutTissue(name: string): string {
  return behind.exec(name.trim())?.[1] ?? name;
}
