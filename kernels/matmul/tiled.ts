import rowSumsCode from "./row_sums.wgsl" with { type: "text" };
import code from "./tiled.wgsl" with { type: "text" };

/** Halves of 32 rows and of 32 columns that a workgroup's tile has. */
export interface TileShape {
  /** 1 or 2. */
  readonly rows: 1 | 2;
  /** 1 or 2. */
  readonly columns: 1 | 2;
}

const noRowSums = "override ROW_SUMS: u32 = 0u;\nfn store_row_sum(row: u32, sum: f32) {}";

/** What a kernel that may hand out the sums of A over K begins with. */
export const rowSums = (wanted: boolean): string => wanted ? rowSumsCode : noRowSums;

/** tiled.wgsl for a shape of tile: its rows, columns and steps written out, so that sums stay in registers. */
export function tiledCode({ rows, columns }: TileShape, wantsRowSums = false): string {
  const count = (n: number) => Array.from({ length: n }, (_, i) => i);
  const [outputs, aSteps, bSteps] = [count(4 * rows), count(2 * rows), count(2 * columns)];
  const [aHalves, bHalves] = [count(rows), count(columns)];
  const each = (text: (r: number, h: number) => string) =>
    outputs.map((r) => bHalves.map((h) => text(r, h)).join(" "));
  const stage = (text: (name: string, step: number) => string) => [
    ...aSteps.map((step) => text("a", step)),
    ...bSteps.map((step) => text("b", step)),
  ];
  const where = (name: string) => name === "a" ? "a_at" : "b_at0";
  const whole = (from: string) =>
    stage((name, step) => `p${name}${step} = step_${name}(${where(name)}, ${from} + ${name}_k + ${step}u);`);
  const products = count(4).flatMap((k) => [
    ...aHalves.map((h) => `let a${k}_${h} = tile_a[s].q[${k}][${h}][y];`),
    ...bHalves.map((h) => `let b${k}_${h} = tile_b[s].q[${k}][${h}][x];`),
    ...each((r, h) => `c${r}_${h} += a${k}_${Math.floor(r / 4)}[${r % 4}] * b${k}_${h};`),
  ]);
  // Where a thread copies all four steps of a slab they are literals too.
  const first = (name: string, step: number) =>
    (name === "a" ? rows : columns) === 2 ? `${step}` : `of_${name}.first + ${step}u`;
  const copied = [
    ...stage((name, step) =>
      `tile_${name}[of_${name}.slab].q[${
        first(name, step)
      }][of_${name}.group / 8u][of_${name}.group % 8u] = p${name}${step};`
    ),
    ...(wantsRowSums ? [`sum += ${aSteps.map((step) => `pa${step}`).join(" + ")};`] : []),
  ];
  const written: Readonly<Record<string, (argument: string) => readonly string[]>> = {
    outputs: () => each((r, h) => `var c${r}_${h} = vec4f();`),
    prefetched: () => stage((name, step) => `var p${name}${step} = vec4f();`),
    part: () =>
      stage((name, step) =>
        `if (whole_end + ${name}_k + ${step}u < end) { p${name}${step} = step_${name}(${
          where(name)
        }, whole_end + ${name}_k + ${step}u); }`
      ),
    whole,
    copied: () => copied,
    products: () => products,
    stored: () =>
      each((r, h) =>
        `store4(tile.z, row + ${r % 4 + 32 * Math.floor(r / 4)}u, column + ${32 * h}u, c${r}_${h});`
      ),
  };
  const body = code.replaceAll(
    /^( *)@(\w+)(?:\((\w+)\))?$/gm,
    (_, indent, name, argument) => written[name](argument).map((line) => indent + line).join("\n"),
  );
  const sizes = Object.entries({ HALVES_A: rows, HALVES_B: columns }).map(([name, n]) =>
    `const ${name} = ${n}u;`
  );
  const tile = Object.entries({ TILE_ROWS: rows, TILE_COLUMNS: columns })
    .map(([name, n]) => `override ${name}: u32 = ${32 * n}u;`); // told to be seen in tables of kernels
  return [...sizes, ...tile, rowSums(wantsRowSums), body].join("\n");
}
