/** A number as tables write it, with a short unit behind it or none; points and commas in it mean what their column says. */
const written = /^\s*([+-]?)([\d.,]*\d)((?:[eE][+-]?\d+)?)(\s*\p{L}{1,3})?\s*$/u;

/** What one cell tells of the sign before its decimals; `either`: a sign before three digits, of decimals or of thousands. */
type Told = "comma" | "point" | "comma or thousands" | "point or thousands" | "nothing";

/** Most numbers of most tables: one sign, which cannot part thousands. */
const oneComma = /^-?(?:\d*,(?:\d{1,2}|\d{4,})|0,\d{3})$/;
const onePoint = /^-?(?:\d*\.(?:\d{1,2}|\d{4,})|0\.\d{3})$/;

/** What the number in a cell tells; undefined for a cell that is none. */
function tells(cell: string): Told | undefined {
  if (oneComma.test(cell)) return "comma";
  if (onePoint.test(cell)) return "point";
  const match = written.exec(cell);
  if (!match) return undefined;
  const [, , digits, power] = match;
  const commas = digits.split(",").length - 1, points = digits.split(".").length - 1;
  if (commas + points === 0) return "nothing";
  if (commas > 0 && points > 0) {
    const last = digits.lastIndexOf(",") > digits.lastIndexOf(".") ? "," : ".";
    const [groups, decimals, ...more] = digits.split(last);
    const sound = /^\d{1,3}([.,]\d{3})+$/.test(groups) && decimals !== "" && more.length === 0;
    return sound ? last === "," ? "comma" : "point" : undefined;
  }
  const [sign, other] = commas > 0 ? (["comma", "point"] as const) : (["point", "comma"] as const);
  if (commas + points > 1) return /^[1-9]\d{0,2}([.,]\d{3})+$/.test(digits) ? other : undefined;
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) && power === "" ? `${sign} or thousands` : sign;
}

/** What the cells of a column were seen to be. */
class Column {
  readonly counts: Record<Told, number> = {
    "comma": 0,
    "point": 0,
    "comma or thousands": 0,
    "point or thousands": 0,
    "nothing": 0,
  };
  texts = 0;
  /** Whether whole numbers below 1000 stand without a sign, any above do, and one that may be thousands ends in 0. */
  small = false;
  large = false;
  round = false;

  take(cell: string): void {
    const told = tells(cell);
    if (told === undefined) {
      if (cell.trim() !== "") this.texts++;
      return;
    }
    this.counts[told]++;
    if (told === "nothing") {
      if (/\d{4}/.test(cell)) this.large = true;
      else this.small = true;
    } else if (told.endsWith("thousands") && /0\D*$/.test(cell)) this.round = true;
  }

  get isOfNumbers(): boolean {
    const numbers = Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    return numbers > this.texts;
  }
}

/** Which of both signs stands before decimals in each column of a table, by all its numbers. */
export class DecimalSigns {
  readonly #columns: Column[] = [];
  #signs: ("comma" | "point" | undefined)[] | undefined;
  /** Cells that were rewritten, and the first of those whose thousands were parted. */
  commas = 0;
  /** Cells with parted thousands. */
  thousands = 0;
  /** The first of them, and what it is. */
  example = "";

  /** Takes a row. */
  take(cells: readonly string[]): void {
    cells.forEach((cell, at) => (this.#columns[at] ??= new Column()).take(cell));
  }

  /**
   * A cell with a point before decimals and nothing between thousands; as it is where nothing tells what its signs mean.
   *
   * @param separated by what values are parted: where commas do it, a comma inside of one is hardly before decimals.
   */
  plain(cell: string, at: number, separated: string): string {
    this.#signs ??= this.#settle(separated);
    const sign = this.#signs[at];
    if (sign === "comma" && oneComma.test(cell)) {
      this.commas++;
      return cell.replace(",", ".");
    }
    const told = sign === undefined ? undefined : tells(cell);
    if (sign === undefined || told === undefined || told === "nothing") return cell;
    const [decimal, group] = sign === "comma" ? [",", "."] : [".", ","];
    if (!cell.includes(group) && decimal === ".") return cell;
    const text = cell.replaceAll(group, "").replace(",", ".");
    if (cell.includes(decimal) && decimal === ",") this.commas++;
    if (cell.includes(group)) {
      if (this.thousands++ === 0) this.example = `${cell.trim()} is ${text.trim()}`;
    }
    return text;
  }

  #settle(separated: string): ("comma" | "point" | undefined)[] {
    const numbers = this.#columns.filter((column) => column?.isOfNumbers);
    const some = (told: Told) => numbers.some(({ counts }) => counts[told] > 0);
    const everywhere = some("comma") === some("point") ? undefined : some("comma") ? "comma" : "point";
    return Array.from(this.#columns, (column) => {
      if (!column?.isOfNumbers) return undefined;
      const { counts, small, large, round } = column;
      if (counts.comma > 0 || counts.point > 0) {
        if (counts.comma > 0 && counts.point > 0) return undefined;
        return counts.comma > 0 ? "comma" : "point";
      }
      if (counts["comma or thousands"] > 0 && counts["point or thousands"] > 0) return undefined;
      if (everywhere) return everywhere;
      const parted = small && !large && round && counts["comma or thousands"] > 0 && separated === ",";
      return parted ? "point" : undefined;
    });
  }
}

/** Whether a piece of text may hold a number with a comma. @param separated by what its values are parted. */
export function mayHoldCommas(text: string, separated: string): boolean {
  return separated === "," ? /"\s*[+-]?[\d.]*,\d[\d.,]*/.test(text) : /\d?,\d/.test(text);
}
