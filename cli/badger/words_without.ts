/** Words of a command line without some options and their values, and without some flags. */
export function wordsWithout(
  words: readonly string[],
  options: readonly string[],
  flags: readonly string[],
): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    if (options.includes(words[at])) at++;
    else if (!flags.includes(words[at]) && !options.some((option) => words[at].startsWith(`${option}=`))) {
      kept.push(words[at]);
    }
  }
  return kept;
}
