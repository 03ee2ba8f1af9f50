/** A worker that writes an empty line to a claim now and then, for as long as it is there: the time of change shows that its holder lives. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ claim: string; every: number }>) => void;
};

scope.onmessage = ({ data: { claim, every } }) => {
  const sign = setInterval(() => {
    // Not created anew: one that is gone was given back, or taken over.
    Deno.writeTextFile(claim, "\n", { append: true, create: false }).catch(() => clearInterval(sign));
  }, every);
};
