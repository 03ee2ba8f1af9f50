/**
 * A worker that writes an empty line to a claim now and then, for as long as it is there: the time of change shows that its holder
 * lives. It says so once when the claim is another's, or gone.
 */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ claim: string; ino: number | null; every: number }>) => void;
  postMessage(message: "lost"): void;
};

scope.onmessage = ({ data: { claim, ino, every } }) => {
  const sign = setInterval(async () => {
    try {
      const isOwn = (await Deno.stat(claim)).ino === ino;
      // Not created anew: one that is gone was taken over.
      if (isOwn) return await Deno.writeTextFile(claim, "\n", { append: true, create: false });
    } catch (error) {
      // A network's file system fails now and then: the next line may get through.
      if (!(error instanceof Deno.errors.NotFound)) return;
    }
    clearInterval(sign);
    scope.postMessage("lost");
  }, every);
};
