/** An MPI library by what its C interface looks like from outside; the constants are those of its own header. */
export interface MpiKind {
  /** For people. */
  readonly name: string;
  /** Names of the shared library, the first that is installed is taken. */
  readonly files: readonly string[];
  /** Variables that its launcher gives to every rank. */
  readonly launcher: readonly string[];
  /** Whether handles are addresses (else 32-bit numbers). */
  readonly pointers: boolean;
  /** MPI_COMM_WORLD and MPI_BYTE; Open MPI's are addresses that its Fortran conversion gives for these numbers. */
  readonly world: number;
  readonly byte: number;
  readonly fortran: boolean;
  /** MPI_STATUS_IGNORE. */
  readonly ignored: bigint;
}

/** The libraries whose interfaces are known. The last is the standard ABI of MPI 5, which any library may offer beside its own. */
const mpiKinds: readonly MpiKind[] = [
  {
    name: "Open MPI",
    files: ["libmpi.so.40", "libmpi.so.80"],
    launcher: ["OMPI_COMM_WORLD_SIZE"],
    pointers: true,
    world: 0,
    byte: 1,
    fortran: true,
    ignored: 0n,
  },
  {
    name: "MPICH",
    files: ["libmpich.so.12", "libmpi.so.12"],
    launcher: ["PMI_SIZE", "PMI_RANK"],
    pointers: false,
    world: 0x44000000,
    byte: 0x4c00010d,
    fortran: false,
    ignored: 1n,
  },
  {
    name: "MPI 5 ABI",
    files: ["libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi_abi.so"],
    launcher: ["PMIX_RANK", "PMI_SIZE", "PMI_RANK", "OMPI_COMM_WORLD_SIZE"],
    pointers: true,
    world: 0x101,
    byte: 0x247,
    fortran: false,
    ignored: 0n,
  },
];

/** Names the variable that says which library a rank opens. */
export const libraryVariable = "PERTURBINE_MPI";

/** Whether an MPI launcher started this process as one of several ranks. */
export function isOneOfManyRanks(variable: (name: string) => string | undefined): boolean {
  const sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];
  // Slurm's own launcher names no size beside PMIx's rank.
  if (variable("PMIX_RANK") !== undefined || variable("PMI_RANK") !== undefined) {
    sizes.push("SLURM_STEP_NUM_TASKS");
  }
  return sizes.some((name) => Number(variable(name) ?? 1) > 1);
}

/** Which kind a library file is of, by its name. */
export function kindOfLibrary(path: string): MpiKind | undefined {
  const file = path.split("/").at(-1)!;
  return mpiKinds.find(({ files }) => files.some((name) => file === name || file.startsWith(`${name}.`)));
}

/**
 * The library of the launcher that started this process.
 *
 * @param installed what `ldconfig -p` lists.
 * @throws {Error} in one sentence, when none is installed or the one that was asked for is of no known kind.
 */
export function chooseLibrary(
  installed: string,
  variable: (name: string) => string | undefined,
): string {
  const asked = variable(libraryVariable);
  if (asked !== undefined) {
    if (asked.startsWith("/") && kindOfLibrary(asked)) return asked;
    throw new Error(
      `${libraryVariable} is "${asked}"; expected the absolute path of ${
        mpiKinds.flatMap(({ files }) => files).join(", ")
      }.`,
    );
  }
  const paths = installed.split("\n").flatMap((line) => line.split(" => ")[1]?.trim() ?? []);
  // Open MPI's variable is its own; PMI's may be anyone's.
  const launched = mpiKinds.filter(({ launcher }) => launcher.some((name) => variable(name) !== undefined));
  const kinds = launched.length > 0 ? launched : mpiKinds;
  for (const { files } of kinds) {
    for (const file of files) {
      const path = paths.find((path) => path.endsWith(`/${file}`));
      if (path !== undefined) return path;
    }
  }
  throw new Error(
    `This process was started by an MPI launcher, and none of ${
      kinds.flatMap(({ files }) => files).join(", ")
    } is installed; install ` +
      `openmpi-bin or mpich, or name the library with ${libraryVariable}=/path/to/libmpi.so.40.`,
  );
}
