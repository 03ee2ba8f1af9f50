/** Longest message of an error, in characters: a name of a megabyte says no more than its beginning. */
const longest = 2000;

/** A message whose middle is left out where it is very long; what to do stands at the end and stays. */
export function shortened(message: string): string {
  if (message.length <= longest) return message;
  const left = message.length - longest;
  return `${message.slice(0, 1500)} [${left.toLocaleString("en")} characters left out] ${
    message.slice(-500)
  }`;
}
