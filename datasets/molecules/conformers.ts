import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { openText } from "../readers/text_source.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { system } from "../../host/system.ts";

/** Coordinates of molecules, by their SMILES as written. */
export interface Conformers {
  /** The conformer file. */
  readonly file: string;
  /** xyz of the atoms in SMILES order, Å, three numbers an atom. */
  readonly coordinates: ReadonlyMap<string, Float32Array>;
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await system.readFile(path);
  } catch (error) {
    throw new UserError(
      error instanceof system.errors.NotFound
        ? `${path}: the file does not exist; check the path.`
        : `${path}: the file cannot be read (${error instanceof Error ? error.message : error}); check it.`,
    );
  }
}

async function readSmilesList(path: string): Promise<string[]> {
  const { chunks } = await openText(path, true);
  let list: unknown;
  try {
    list = JSON.parse((await Array.fromAsync(chunks)).join(""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!Array.isArray(list) || !list.every((smiles) => typeof smiles === "string")) {
    throw new UserError(
      `${path}: expected a JSON list of SMILES, one for every molecule of the conformer file.`,
    );
  }
  return list;
}

/**
 * Reads conformers: `NAME.safetensors` with `xyz` [atoms, 3] F32 in Å and `atom_offset` [molecules + 1] I32, and beside it
 * `NAME.smiles.json`, the list of SMILES in the same order. Atoms follow in SMILES order, hydrogens left out.
 *
 * @throws {UserError} when a file is missing or damaged, or the two disagree.
 */
export async function readConformers(path: string): Promise<Conformers> {
  const smilesFile = path.replace(/\.safetensors$/, "") + ".smiles.json";
  const bytes = await readBytes(path);
  const smiles = await readSmilesList(smilesFile);
  let tensors;
  try {
    tensors = readSafetensors(bytes, path);
  } catch (error) {
    if (error instanceof CheckpointError) throw new UserError(error.message);
    throw error;
  }
  const xyz = tensors.get("xyz"), offsets = tensors.get("atom_offset");
  if (xyz?.dtype !== "F32" || xyz.shape.length !== 2 || xyz.shape[1] !== 3) {
    throw new UserError(
      `${path}: expected a tensor xyz of shape [atoms, 3] in F32 among ${[...tensors.keys()].join(", ")}.`,
    );
  }
  if (offsets?.dtype !== "I32" || offsets.shape.length !== 1) {
    throw new UserError(`${path}: expected a tensor atom_offset of shape [molecules + 1] in I32.`);
  }
  if (offsets.shape[0] !== smiles.length + 1) {
    throw new UserError(
      `${path}: ${
        offsets.shape[0] - 1
      } molecules, but ${smilesFile} lists ${smiles.length} SMILES; expected the same number.`,
    );
  }
  const coordinates = new Map<string, Float32Array>();
  smiles.forEach((text, molecule) => {
    const [start, end] = [offsets.data[molecule], offsets.data[molecule + 1]];
    const own = xyz.data.subarray(3 * start, 3 * end);
    if (start < 0 || end < start || end > xyz.shape[0] || !own.every(Number.isFinite)) {
      throw new UserError(
        `${path}, molecule ${molecule + 1} (${quoteValue(text)}): atoms ${start} to ${end} of ${
          xyz.shape[0]
        }, expected ` +
          `ascending offsets and finite coordinates; write the file again.`,
      );
    }
    coordinates.set(text, own);
  });
  return { file: path, coordinates };
}

/** Pairwise Euclidean distances of a conformer, Å, atoms x atoms. */
export function conformerDistances(xyz: Float32Array): Float32Array<ArrayBuffer> {
  const count = xyz.length / 3;
  const distances = new Float32Array(count * count);
  for (let first = 0; first < count; first++) {
    for (let second = 0; second < first; second++) {
      const distance = Math.hypot(
        xyz[3 * first] - xyz[3 * second],
        xyz[3 * first + 1] - xyz[3 * second + 1],
        xyz[3 * first + 2] - xyz[3 * second + 2],
      );
      distances[first * count + second] = distance;
      distances[second * count + first] = distance;
    }
  }
  return distances;
}
