/** The adapter that the program will find. */
export interface AdapterChoice {
  /** Variables that the program must be started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** One line for the user: which adapter, and what it means for speed. */
  readonly line: string;
}
