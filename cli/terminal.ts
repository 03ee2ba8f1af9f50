/** Where a command tells progress and remarks: on standard error. Results go to standard output. */
export interface Terminal {
  /** A remark. */
  note(text: string): void;
  /** Whether remarks are seen by a person as they come, so that a bar can be redrawn. */
  readonly interactive: boolean;
}

/** The process's own terminal; with `quiet` no remarks are printed. */
export function processTerminal({ quiet = false }: { readonly quiet?: boolean } = {}): Terminal {
  return {
    note: quiet ? () => {} : (text) => console.error(text),
    interactive: !quiet && Deno.stderr.isTerminal(),
  };
}
