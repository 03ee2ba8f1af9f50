/** Where a command prints. Progress and remarks go to standard error, results to standard output. */
export interface Terminal {
  /** A result. */
  out(text: string): void;
  /** A remark. */
  note(text: string): void;
  /** Whether remarks are seen by a person as they come, so that a bar can be redrawn. */
  readonly interactive: boolean;
}

/** The process's own terminal; with `quiet` no remarks are printed. */
export function processTerminal({ quiet = false }: { readonly quiet?: boolean } = {}): Terminal {
  return {
    out: (text) => console.log(text),
    note: quiet ? () => {} : (text) => console.error(text),
    interactive: !quiet && Deno.stderr.isTerminal(),
  };
}
