import { isNoName } from "../readers/missing.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { writtenAtoms } from "./smiles_atoms.ts";

/**
 * Atoms of the largest molecule that is taken. RDKit's WebAssembly runs out of stack at 600 to 1,500 atoms, by shape; the
 * longest drugs have about 400.
 */
export const mostAtoms = 500;

/** A molecule that is not given to RDKit, because it is too large. */
export function isTooLarge(smiles: string, most: number = mostAtoms): boolean {
  return smiles.length > most && writtenAtoms(smiles).length > most;
}

/** What is wrong with a text that is no SMILES before RDKit sees it; undefined where that shows nothing. */
export function textFault(smiles: string, most: number = mostAtoms): string | undefined {
  const text = smiles.trim();
  if (isNoName(text)) return "no structure";
  if (/\s\|.*\|/.test(text)) return "an extension in bars (CXSMILES) follows the structure; remove it";
  if (/^InChI=/i.test(text)) return "an InChI, not a SMILES";
  if (/^[A-Z]{14}-[A-Z]{10}-[A-Z]$/.test(text)) return "an InChIKey, not a SMILES";
  if (/\s/.test(text)) {
    return `${
      quoteValue(text.slice(text.search(/\s/)).trim(), 30)
    } follows the structure after a blank; give a name a column of its own (drug_name)`;
  }
  const parted = /^([^\s[\];|,]+)([;|,])([^\s[\];|,]+)$/.exec(text);
  if (parted) return `two values parted by ${quoteValue(parted[2])} in one cell; keep the structure alone`;
  if (text.includes(">") && !/->/.test(text)) return "a reaction, not one molecule";
  if (/^\[#\d|;|!|[,&](?![^[]*$)/.test(text)) return "a SMARTS pattern, not a SMILES";
  const odd = [...text].find((letter) => letter < "!" || letter > "~");
  if (odd !== undefined) return `the character ${quoteValue(odd)} has no place in a SMILES`;
  if (isTooLarge(text, most)) {
    return `too large: ${
      writtenAtoms(text).length.toLocaleString("en-GB")
    } atoms, at most ${most} can be computed with`;
  }
  return undefined;
}

/** RDKit's log of a SMILES that it refused, as a few words. */
export function loggedFault(log: string, smiles: string): string {
  const valence = /Explicit valence for atom # (\d+) ([A-Za-z]+), (\d+)/.exec(log);
  if (valence) {
    const [, atom, element, bonds] = valence;
    return `atom ${Number(atom) + 1} (${element}) has ${bonds} bonds, more than its valence allows`;
  }
  if (/kekulize/i.test(log)) {
    return "its aromatic rings have no alternating bonds (kekulising failed): an [nH] may be missing";
  }
  if (/unclosed ring/.test(log)) return "a ring is opened and never closed";
  if (/extra close parentheses/.test(log)) return "a parenthesis is closed that was never opened";
  if (/extra open parentheses/.test(log)) return "a parenthesis is opened and never closed";
  if (/non-ring atom .* marked aromatic/.test(log)) return "an atom outside a ring is written as aromatic";
  if (/^[A-Za-z][a-z]{3,}[A-Za-z\d-]*$/.test(smiles)) return "a name, not a SMILES";
  const position = /around position (\d+)/.exec(log)?.[1];
  const opened = smiles.split("(").length - smiles.split(")").length;
  if (opened > 0 && Number(position) >= smiles.length) return "a parenthesis is opened and never closed";
  if (position !== undefined) {
    const at = Number(position);
    return `the syntax fails at character ${at} (${quoteValue(smiles.slice(Math.max(0, at - 1), at + 9))})`;
  }
  return "RDKit does not accept it";
}
