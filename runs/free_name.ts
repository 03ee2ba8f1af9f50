/**
 * A file name for a text that may hold anything, which none of those taken so far has, and which is taken then: what cannot stand in
 * one becomes a hyphen, and of texts that so become alike the later ones are numbered. Upper and lower case are one, as on some file
 * systems.
 */
export function freeName(text: string, taken: Set<string>): string {
  const name = text.toLowerCase().replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "") || "figure";
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
  taken.add(free);
  return free;
}
