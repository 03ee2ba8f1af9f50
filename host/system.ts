/** An open file. */
export interface OpenFile extends Disposable {
  /** Fills `into` from where it stands. @returns how many bytes; null at the end */
  read(into: Uint8Array): Promise<number | null>;
  /** Goes to a position, counted from the beginning. */
  seek(position: number, from: 0): Promise<number>;
  /** @returns how many of the bytes were written */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts the file. */
  truncate(bytes: number): Promise<void>;
  /** Puts what was written beyond a loss of power. */
  sync(): Promise<void>;
  /** Holds the file for this process alone. @returns false where another holds it */
  tryLock(exclusive: boolean): Promise<boolean>;
  stat(): Promise<FileInfo>;
  close(): void;
}

/** An open file that is read without waiting. */
export interface OpenFileSync extends Disposable {
  seekSync(position: number, from: 0): number;
  readSync(into: Uint8Array): number | null;
  statSync(): { readonly size: number; readonly mtime: Date | null; readonly ino: number | null };
}

/** What is known of a file without opening it. */
export interface FileInfo {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
  readonly size: number;
}

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
}

// deno-lint-ignore no-explicit-any
type ErrorClass = new (...args: any[]) => Error;

/**
 * What data sets, models and runs ask of an operating system, under Deno's names. A page in a browser has its own, `web/host/system.ts`,
 * where folders are files that a visitor dropped and what runs have written.
 */
export interface System {
  readonly pid: number;
  readonly build: { readonly os: string; readonly arch: string };
  readonly env: { get(name: string): string | undefined };
  readonly errors: {
    readonly NotFound: ErrorClass;
    readonly NotADirectory: ErrorClass;
    readonly PermissionDenied: ErrorClass;
    readonly NotCapable: ErrorClass;
  };
  open(
    path: string,
    options?: {
      readonly read?: boolean;
      readonly write?: boolean;
      readonly append?: boolean;
      readonly create?: boolean;
      readonly createNew?: boolean;
    },
  ): Promise<OpenFile>;
  /** Absent where files cannot be read without waiting: a page. */
  openSync?(path: string): OpenFileSync;
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  readTextFile(path: string): Promise<string>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  writeTextFile(path: string, text: string, options?: { readonly append?: boolean }): Promise<void>;
  copyFile(from: string, to: string): Promise<void>;
  stat(path: string): Promise<FileInfo>;
  lstat(path: string): Promise<FileInfo>;
  realPath(path: string): Promise<string>;
  readDir(path: string): AsyncIterable<FolderEntry>;
  mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  makeTempDir(): Promise<string>;
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

/** This machine's. */
export const system: System = Deno;
