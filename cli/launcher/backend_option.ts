/** WebGPU implementations that a program can be started on: Deno's own, or Dawn (that of Chrome) from npm. */
const backends = ["wgpu", "dawn"] as const;
/** One of them. */
export type BackendName = typeof backends[number];

/**
 * Takes `--backend NAME` out of a command line, wherever it stands: the implementation must be there before the program
 * starts, so the program itself never sees the option.
 *
 * @throws {Error} in one sentence when the name is missing or unknown
 */
export function takeBackend(args: readonly string[]): { backend: BackendName; rest: string[] } {
  const rest = [...args];
  let backend: BackendName = "wgpu";
  for (;;) {
    const at = rest.findIndex((word) => word === "--backend" || word.startsWith("--backend="));
    if (at < 0) return { backend, rest };
    const [option, value] = rest.splice(at, rest[at] === "--backend" ? 2 : 1);
    const name = option === "--backend" ? value : option.slice("--backend=".length);
    const known = backends.find((candidate) => candidate === name);
    if (!known) throw new Error(`--backend is "${name ?? ""}", expected ${backends.join(" or ")}.`);
    backend = known;
  }
}

/**
 * Takes `--adapter INDEX|NAME` out of a command line: a driver is chosen before the program starts. With several, separated by
 * commas, each rank of a machine takes the next.
 *
 * @param rank of this process on its machine.
 * @throws {Error} in one sentence when the value is missing
 */
export function takeAdapter(
  args: readonly string[],
  rank: number,
): { readonly adapter: string | undefined; readonly rest: string[] } {
  const at = args.findIndex((word) => word === "--adapter" || word.startsWith("--adapter="));
  if (at < 0) return { adapter: undefined, rest: [...args] };
  const rest = [...args];
  const [option, value] = rest.splice(at, rest[at] === "--adapter" ? 2 : 1);
  const list = option === "--adapter" ? value : option.slice("--adapter=".length);
  if (!list) {
    throw new Error("--adapter has no value; expected a number or name of `perturbine doctor --all`.");
  }
  const names = list.split(",");
  return { adapter: names[rank % names.length], rest };
}
