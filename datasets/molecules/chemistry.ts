import type { MainModule, Mol } from "@rdkit/rdkit";
import { type BricsFragments, BricsRules } from "./brics.ts";
import { type BadSmiles, badSmilesError } from "./bad_smiles.ts";
import { conformerDistances, type Conformers } from "./conformers.ts";
import { moleculeGraph } from "./molecule_graph.ts";
import { murckoScaffold } from "./murcko_scaffold.ts";
import { pathDistances } from "./path_distances.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { RdkitInstances, TrapError } from "./rdkit_instances.ts";
import { rdkitStructure } from "./rdkit_structure.ts";
import { ruleDistances } from "./rule_distances.ts";
import { isTooLarge, loggedFault, mostAtoms, textFault } from "./smiles_fault.ts";
import type { Structure } from "./structure.ts";
import type { DistanceMode, MoleculeGraph } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Where distances come from. */
export interface FeaturizeOptions {
  /** `rule` (stack.md 4.5; default) or `path` (reference-runs.md section 1), for molecules without a conformer. */
  readonly distances?: "rule" | "path";
  /** Looked up first, by the SMILES as written; such molecules get the mode `file`. */
  readonly conformers?: Conformers;
}

/** Options of `Chemistry.featurizeAll`. */
export interface FeaturizeAllOptions extends FeaturizeOptions {
  /** Report unparseable SMILES in `bad` instead of throwing. */
  readonly skipBad?: boolean;
  /** Where the SMILES come from, for the message. */
  readonly source?: string;
  /** Number to report for a position; default position + 1. */
  readonly rowOf?: (position: number) => number;
}

/** Molecules aligned with the list of SMILES that was asked for. */
export interface FeaturizedMolecules {
  /** One a SMILES; the same object for the same SMILES; undefined where it could not be parsed (only with `skipBad`). */
  readonly molecules: readonly (MoleculeGraph | undefined)[];
  /** The distinct SMILES that could not be parsed, in order of first appearance. */
  readonly bad: readonly BadSmiles[];
}

/** The compiled module is about 7 MB and takes 0.2 s to start: once a process. */
let loading: Promise<Chemistry> | undefined;

/** RDKit in WebAssembly, behind the few things that the models need. */
export class Chemistry {
  readonly #instances: RdkitInstances;
  readonly #mostAtoms: number;
  readonly #trapped = new Set<string>();
  #brics: { readonly rdkit: MainModule; readonly rules: BricsRules } | undefined;

  private constructor(instances: RdkitInstances, most: number) {
    this.#instances = instances;
    this.#mostAtoms = most;
  }

  /** Starts RDKit, or gives the one already started. */
  static load(): Promise<Chemistry> {
    return loading ??= Chemistry.start();
  }

  /** Starts an RDKit of its own. @param most atoms of the largest molecule that it is given. */
  static async start(most: number = mostAtoms): Promise<Chemistry> {
    return new Chemistry(await RdkitInstances.start(), most);
  }

  /** RDKit's version, for records. */
  get version(): string {
    return this.#instances.current.version();
  }

  /** How often RDKit trapped and was started anew. */
  get traps(): number {
    return this.#instances.traps;
  }

  /** Runs `use` on the parsed molecule and frees it; undefined for a SMILES that is not accepted. */
  #withMolecule<Result>(
    smiles: string,
    use: (molecule: Mol, rdkit: MainModule) => Result,
  ): Result | undefined {
    // RDKit throws on "" and silently takes what follows a blank or a control character as a name.
    if (!/^[!-~]+$/.test(smiles) || isTooLarge(smiles, this.#mostAtoms) || this.#trapped.has(smiles)) {
      return undefined;
    }
    try {
      return this.#instances.run((rdkit) => {
        const molecule = parsed(rdkit, smiles);
        if (!molecule) return undefined;
        try {
          return use(molecule, rdkit);
        } finally {
          release(molecule);
        }
      });
    } catch (error) {
      if (!(error instanceof TrapError)) throw error;
      this.#trapped.add(smiles);
      return undefined;
    }
  }

  /** Why a SMILES is not accepted, in a few words; undefined for one that is. */
  fault(smiles: string): string | undefined {
    if (this.#trapped.has(smiles)) return "too large: RDKit runs out of memory on it";
    const shown = textFault(smiles, this.#mostAtoms);
    if (shown !== undefined) return shown;
    const log = this.#instances.run((rdkit) => {
      const capture = rdkit.set_log_capture("rdApp.*");
      try {
        const molecule = parsed(rdkit, smiles);
        if (!molecule) return capture?.get_buffer() ?? "";
        release(molecule);
      } finally {
        if (capture) release(capture);
        // A capture switches the log on for all that follows, which would go to the terminal.
        rdkit.disable_logging();
      }
    });
    return log === undefined ? undefined : loggedFault(log, smiles);
  }

  #unparseable(smiles: string): UserError {
    return new UserError(
      `SMILES ${quoteValue(smiles, 100)}: cannot be parsed (${
        this.fault(smiles) ?? "unknown why"
      }), expected a valid SMILES; mend it.`,
    );
  }

  /** The structure of a SMILES, or undefined when RDKit does not accept it. */
  parse(smiles: string): Structure | undefined {
    return this.#withMolecule(smiles, (molecule) => rdkitStructure(smiles, molecule));
  }

  /**
   * The MAT encoder's view of a molecule (csg2a.md 6.3).
   *
   * @throws {UserError} when the SMILES cannot be parsed, or its conformer has another number of atoms.
   */
  featurize(smiles: string, options: FeaturizeOptions = {}): MoleculeGraph {
    const structure = this.parse(smiles);
    if (structure === undefined) throw this.#unparseable(smiles);
    const { distances, mode } = distancesOf(structure, options);
    return moleculeGraph(structure, distances, mode);
  }

  /**
   * The molecules of many SMILES, each distinct one computed once.
   *
   * @throws {UserError} listing every SMILES that cannot be parsed with its rows, unless `skipBad`; when a conformer
   * does not fit its molecule.
   */
  featurizeAll(smiles: readonly string[], options: FeaturizeAllOptions = {}): FeaturizedMolecules {
    const known = new Map<string, MoleculeGraph | { smiles: string; reason: string; rows: number[] }>();
    const bad: BadSmiles[] = [];
    const molecules = smiles.map((text, position) => {
      let entry = known.get(text);
      if (entry === undefined) {
        const structure = this.parse(text);
        if (structure === undefined) {
          entry = { smiles: text, reason: this.fault(text) ?? "it cannot be parsed", rows: [] };
          bad.push(entry);
        } else {
          const { distances, mode } = distancesOf(structure, options);
          entry = moleculeGraph(structure, distances, mode);
        }
        known.set(text, entry);
      }
      if ("nodes" in entry) return entry;
      entry.rows.push(options.rowOf?.(position) ?? position + 1);
      return undefined;
    });
    if (bad.length > 0 && !options.skipBad) throw badSmilesError(bad, options.source);
    return { molecules, bad };
  }

  /**
   * RDKit's canonical SMILES: the identity of a drug when drugs are grouped, so that two spellings of one molecule are one
   * drug. Differs between RDKit versions for a few molecules (stack.md 4.4): never a key in a file.
   *
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  canonicalSmiles(smiles: string): string {
    const canonical = this.#withMolecule(smiles, (molecule) => molecule.get_smiles());
    if (canonical === undefined) throw this.#unparseable(smiles);
    return canonical;
  }

  /**
   * SMILES without stereo and isotopes.
   *
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  flatSmiles(smiles: string): string {
    const details = JSON.stringify({ doIsomericSmiles: false });
    const flat = this.#withMolecule(smiles, (molecule) => molecule.get_smiles(details));
    if (flat === undefined) throw this.#unparseable(smiles);
    return flat;
  }

  /**
   * The Murcko scaffold: rings and what joins them; "" without rings. Molecules of one scaffold are held out together.
   *
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  scaffold(smiles: string): string {
    const scaffold = this.#withMolecule(smiles, (molecule, rdkit) => murckoScaffold(rdkit, molecule));
    if (scaffold === undefined) throw this.#unparseable(smiles);
    return scaffold;
  }

  /**
   * InChIKey of a molecule; undefined where InChI knows none.
   *
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  inchiKey(smiles: string): string | undefined {
    const key = this.#withMolecule(
      smiles,
      (molecule, rdkit) => rdkit.get_inchikey_for_inchi(molecule.get_inchi()),
    );
    if (key === undefined) throw this.#unparseable(smiles);
    return key || undefined;
  }

  /**
   * Morgan fingerprint, one 0 or 1 a bit (stack.md 4.1).
   *
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  morganBits(smiles: string, radius = 2, bits = 1024): Uint8Array<ArrayBuffer> {
    const details = JSON.stringify({ radius, nBits: bits });
    const packed = this.#withMolecule(smiles, (molecule) => molecule.get_morgan_fp_as_uint8array(details));
    if (packed === undefined) throw this.#unparseable(smiles);
    return Uint8Array.from({ length: bits }, (_, bit) => packed[bit >> 3] >> (bit & 7) & 1);
  }

  /**
   * The fragments that BRICS cuts a molecule into (badger.md 4.4), about 14 ms a drug.
   *
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  brics(smiles: string): BricsFragments {
    const canonical = this.canonicalSmiles(smiles);
    try {
      return this.#instances.run((rdkit) => {
        if (this.#brics?.rdkit !== rdkit) this.#brics = { rdkit, rules: new BricsRules(rdkit) };
        return this.#brics.rules.decompose(canonical);
      });
    } catch (error) {
      if (!(error instanceof TrapError)) throw error;
      this.#trapped.add(smiles);
      throw this.#unparseable(smiles);
    }
  }

  /**
   * Where a BRICS fragment lies in a molecule: the atoms of every place it fits, attachment points left out; empty where it
   * fits nowhere as written.
   *
   * @throws {UserError} when the SMILES of the molecule cannot be parsed.
   */
  fragmentAtoms(smiles: string, fragment: string): number[] {
    const placeholder = this.parse(fragment)?.atoms.map(({ atomicNumber }) => atomicNumber === 0) ?? [];
    const found = this.#withMolecule(smiles, (molecule, rdkit) => {
      // A numbered attachment point stands for any atom. Atoms of the query are in the order of the SMILES.
      const query = rdkit.get_qmol(fragment.replaceAll(/\[\d*\*\]/g, "*"));
      if (!query) return [];
      try {
        const matches = JSON.parse(molecule.get_substruct_matches(query)) as { atoms: number[] }[];
        // RDKit gives {} where there is no match.
        return Array.isArray(matches)
          ? matches.flatMap(({ atoms }) => atoms.filter((_, place) => !placeholder[place]))
          : [];
      } finally {
        query.delete();
      }
    });
    if (found === undefined) throw this.#unparseable(smiles);
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /**
   * A drawing of a molecule as SVG on a transparent ground.
   *
   * @param colours red, green and blue from 0 to 1 of the atoms to highlight; bonds between two of one colour get it too.
   * @throws {UserError} when the SMILES cannot be parsed.
   */
  drawing(
    smiles: string,
    { width, height }: { readonly width: number; readonly height: number },
    colours: ReadonlyMap<number, readonly [number, number, number]> = new Map(),
  ): string {
    const svg = this.#withMolecule(smiles, (molecule) => {
      const bonds: number[] = [];
      const bondColours: Record<number, readonly [number, number, number]> = {};
      const structure = rdkitStructure(smiles, molecule);
      structure.bonds.forEach(({ atoms: [begin, end] }, bond) => {
        const colour = colours.get(begin);
        if (colour === undefined || colours.get(end) !== colour) return;
        bonds.push(bond);
        bondColours[bond] = colour;
      });
      return molecule.get_svg_with_highlights(JSON.stringify({
        width,
        height,
        clearBackground: false,
        atoms: [...colours.keys()],
        bonds,
        highlightAtomColors: Object.fromEntries(colours),
        highlightBondColors: bondColours,
      }));
    });
    if (svg === undefined) throw this.#unparseable(smiles);
    return svg.replace(/^<\?xml[^>]*\?>\s*/, "");
  }
}

/** Null where RDKit refuses it; a trap passes. */
function parsed(rdkit: MainModule, smiles: string): Mol | null {
  try {
    return rdkit.get_mol(smiles);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
    return null;
  }
}

/** After a trap nothing of the instance can be freed any more. */
function release(owned: { delete(): void }): void {
  try {
    owned.delete();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  }
}

function distancesOf(
  structure: Structure,
  { distances = "rule", conformers }: FeaturizeOptions,
): { distances: Float32Array; mode: DistanceMode } {
  const coordinates = conformers?.coordinates.get(structure.smiles);
  if (conformers === undefined || coordinates === undefined) {
    const computed = distances === "rule" ? ruleDistances(structure) : pathDistances(structure);
    return { distances: computed, mode: distances };
  }
  if (coordinates.length !== 3 * structure.atoms.length) {
    throw new UserError(
      `${conformers.file}, molecule ${quoteValue(structure.smiles)}: ${
        coordinates.length / 3
      } atoms, expected ` +
        `${structure.atoms.length} (those of the SMILES, hydrogens left out); write the conformer again.`,
    );
  }
  return { distances: conformerDistances(coordinates), mode: "file" };
}
