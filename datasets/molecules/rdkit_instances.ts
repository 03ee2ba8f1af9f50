import initRdkit from "@rdkit/rdkit";
import type { MainModule } from "@rdkit/rdkit";

/** A molecule on which RDKit's WebAssembly trapped twice, the second time on a fresh instance. */
export class TrapError extends Error {
  /** The class name. */
  override name = "TrapError";
}

/** Instances started ahead: a trap is met in the middle of synchronous work, where none can be started. */
const ahead = 2;

/**
 * RDKit in WebAssembly. A trap (memory out of bounds, no stack left) leaves an instance broken: all that follows on it fails, or
 * is wrong. So it is dropped, and a fresh one takes its place.
 */
export class RdkitInstances {
  #current: MainModule;
  readonly #spares: MainModule[] = [];
  #starting = 0;
  /** How often an instance was dropped. */
  traps = 0;

  private constructor(first: MainModule) {
    this.#current = first;
    this.#refill();
  }

  /** Starts the first instance; further ones follow in the background. */
  static async start(): Promise<RdkitInstances> {
    return new RdkitInstances(await instance());
  }

  /** The instance in use; another one after a trap. */
  get current(): MainModule {
    return this.#current;
  }

  /**
   * Runs `use` on the instance; after a trap once more, alone on a fresh one.
   *
   * @throws {TrapError} when it traps there too.
   */
  run<Result>(use: (rdkit: MainModule) => Result): Result {
    for (let attempt = 1;; attempt++) {
      try {
        return use(this.#current);
      } catch (error) {
        if (!isTrap(error)) throw error;
        this.#replace();
        if (attempt === 2) throw new TrapError("RDKit trapped on a fresh instance.");
      }
    }
  }

  #replace(): void {
    this.traps++;
    const next = this.#spares.pop();
    if (next === undefined) {
      throw new Error(
        "RDKit's WebAssembly broke three times at once; remove the largest molecules and start again.",
      );
    }
    this.#current = next;
    this.#refill();
  }

  #refill(): void {
    for (; this.#spares.length + this.#starting < ahead; this.#starting++) {
      instance().then((fresh) => this.#spares.push(fresh)).finally(() => this.#starting--);
    }
  }
}

/** The package types its default export, a factory, as something else (stack.md section 4). */
function instance(): Promise<MainModule> {
  return (initRdkit as unknown as () => Promise<MainModule>)();
}

function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError ||
    (error instanceof RangeError && /call stack/i.test(error.message));
}
