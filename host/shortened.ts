/** Longest message of an error, in characters: a name of a megabyte says no more than its beginning. */
const longest = 2000;

/** Longest name or path in a message; a path is told from others by its end. */
const longestName = 110;

/** A message whose long names are cut, and whose middle is left out where it is very long; what to do stands at the end and stays. */
export function shortened(text: string): string {
  const message = text.length <= longestName ? text : text.replace(
    new RegExp(`\\S{${longestName + 1},}`, "g"),
    (name) => `${name.slice(0, 30)}…${name.slice(-70)}`,
  );
  if (message.length <= longest) return message;
  const left = message.length - longest;
  return `${message.slice(0, 1500)} [${left.toLocaleString("en")} characters left out] ${
    message.slice(-500)
  }`;
}
