import type { DrugIdentity, Key } from "../dataset.ts";
import { isNoName } from "../readers/missing.ts";
import { listNames } from "../readers/named_columns.ts";

/** How rows become units. */
export interface KeyOptions {
  /** What people call the unit of a row; the first that is not empty is its name. Default: the spelling. */
  readonly nameOf?: (row: number) => string;
  /** Rows that share a name and what this gives for their spelling are one unit too, whatever their identities. */
  readonly alike?: (spelling: string) => string;
}

/**
 * Units by identity, numbered by first appearance.
 *
 * @param spellings one a row, as the file writes it.
 * @param identityOf what tells units apart.
 *
 * @example
 * ```ts
 * const cells = keyOf(["SKBR3", "MCF7", "SK-BR-3"], cellIdentity());
 * cells.of; // 0, 1, 0
 * ```
 */
export function keyOf(
  spellings: readonly string[],
  identityOf: (spelling: string) => string,
  { nameOf, alike }: KeyOptions = {},
): Key {
  const ids = spellings.map(identityOf);
  const names = spellings.map((_, row) => nameOf?.(row) ?? "");
  const groups = new Groups();
  const nameLabel = (row: number) => {
    const name = names[row].trim().toLowerCase();
    return alike && !isNoName(name) ? `name ${name}\t${alike(spellings[row])}` : undefined;
  };
  ids.forEach((id, row) => groups.join(`id ${id}`, nameLabel(row) ?? `id ${id}`));
  const numberOf = new Map<string, number>();
  const of = Uint32Array.from(ids, (id) => {
    const group = groups.of(`id ${id}`);
    if (!numberOf.has(group)) numberOf.set(group, numberOf.size);
    return numberOf.get(group)!;
  });
  const written = Array.from(numberOf, () => new Set<string>());
  const unitIds: string[] = [], unitNames: string[] = [], known = new Map<string, number>();
  of.forEach((unit, row) => {
    unitIds[unit] ??= ids[row];
    unitNames[unit] ||= names[row];
    written[unit].add(spellings[row]);
    known.set(ids[row], unit);
    const name = nameLabel(row);
    if (name !== undefined) known.set(name, unit);
  });
  const named = unitNames.map((name, unit) => name || written[unit].values().next().value!);
  return keyFrom(unitIds, named, of, written, known);
}

function keyFrom(
  ids: readonly string[],
  names: readonly string[],
  of: Uint32Array<ArrayBuffer>,
  spellings: readonly ReadonlySet<string>[],
  known: ReadonlyMap<string, number>,
): Key {
  const merged = ids.flatMap((id, unit) =>
    spellings[unit].size > 1 ? [{ id, spellings: [...spellings[unit]] }] : []
  );
  return { ids, names, of, merged, ...(known.size > ids.length ? { known } : {}) };
}

/** Sets of texts that are joined pair by pair (union-find). */
class Groups {
  readonly #parent = new Map<string, string>();

  of(text: string): string {
    let root = text;
    for (let next = this.#parent.get(root); next !== undefined; next = this.#parent.get(root)) root = next;
    for (let at = text; at !== root;) {
      const next = this.#parent.get(at)!;
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }

  join(first: string, second: string): void {
    const [a, b] = [this.of(first), this.of(second)];
    if (a !== b) this.#parent.set(b, a);
  }
}

/**
 * Unit of an identity, undefined where the key has none.
 *
 * @example
 * ```ts
 * unitOf(data.cell, cellIdentity()("SK-BR-3")); // its number in data.cell.ids
 * ```
 */
export function unitOf(key: Key, id: string): number | undefined {
  const unit = key.known?.get(id) ?? key.ids.indexOf(id);
  return unit < 0 ? undefined : unit;
}

/** The units of two tables, one below the other, shared by identity: those of `first` keep their numbers. */
export function joinKeys(first: Key, second: Key): Key {
  const identities = (key: Key) => [...key.ids.map((id, unit) => [id, unit] as const), ...key.known ?? []];
  const known = new Map(identities(first));
  const ids = [...first.ids], names = [...first.names];
  const identitiesOf = Map.groupBy(identities(second), ([, unit]) => unit);
  const place = second.ids.map((_, unit) => {
    const own = identitiesOf.get(unit)!.map(([id]) => id);
    const shared = own.map((id) => known.get(id)).find((found) => found !== undefined);
    const target = shared ?? ids.length;
    if (shared === undefined) {
      ids.push(second.ids[unit]);
      names.push(second.names[unit]);
    }
    own.forEach((id) => known.has(id) || known.set(id, target));
    return target;
  });
  const spellings = ids.map(() => new Set<string>());
  const write = (key: Key, target: (unit: number) => number) => {
    for (const { id, spellings: own } of key.merged) {
      own.forEach((text) => spellings[target(key.ids.indexOf(id))].add(text));
    }
  };
  write(first, (unit) => unit);
  write(second, (unit) => place[unit]);
  const of = new Uint32Array(first.of.length + second.of.length);
  of.set(first.of);
  of.set(second.of.map((unit) => place[unit]), first.of.length);
  return keyFrom(ids, names, of, spellings, known);
}

/** Numbers rows by what they have in common, by first appearance: rows of one condition are its replicates. */
export function numberConditions(
  drug: Pick<Key, "of">,
  cell: Pick<Key, "of">,
  dose: ArrayLike<number | string>,
  time: ArrayLike<number | string>,
): Uint32Array<ArrayBuffer> {
  const numbers = new Map<string, number>();
  return drug.of.map((unit, row) => {
    const key = [unit, cell.of[row], dose[row], time[row]].join("\t");
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, number = numbers.size);
    return number;
  });
}

/** A sentence on names that several drugs go by although names count; none where there is no such name. */
export function sharedNamesNote({ ids, names }: Key, identity: DrugIdentity): string[] {
  if (identity !== "parent" && identity !== "flat") return [];
  const unitsOf = Map.groupBy(ids.keys(), (unit) => names[unit].trim().toLowerCase());
  const shared = [...unitsOf.values()].filter((units) => units.length > 1 && !isNoName(names[units[0]]));
  if (shared.length === 0) return [];
  const texts = shared.map((units) => `${names[units[0]]}: ${units.length}`);
  return [
    `Structures of different formulas under one drug name count as different drugs (${
      listNames(texts, 3)
    }); mend the names, or the structures if they are one drug's.`,
  ];
}

/** A sentence on units that the files write in several ways, with the first few; none where there is no such unit. */
export function mergedNote(what: string, { merged, names, ids }: Key): string[] {
  if (merged.length === 0) return [];
  const named = new Map(ids.map((id, unit) => [id, names[unit]]));
  const cut = (text: string) => text.length > 32 ? `${text.slice(0, 31)}…` : text;
  const units = merged.slice(0, 3).map(({ id, spellings }) => {
    const some = spellings.slice(0, 3).map(cut).join(", ") + (spellings.length > 3 ? ", ..." : "");
    return `${cut(named.get(id) ?? id)}: ${some}`;
  });
  while (units.length > 1 && units.join("; ").length > 200) units.pop();
  const shown = units.join("; ");
  const rest = merged.length > units.length ? `; and ${merged.length - units.length} more` : "";
  const [plural, verb, count] = merged.length === 1 ? ["", "is", "counts"] : ["s", "are", "count"];
  return [
    `${merged.length} ${what}${plural} ${verb} written in several ways and ${count} once (${shown}${rest}).`,
  ];
}
