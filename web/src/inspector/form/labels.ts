/** Names of params as people read them, where the packs have no words for them. */

const SHORT = new Set([
  "api", "css", "csv", "dns", "ftp", "html", "http", "https", "id", "ip", "json", "jwt", "mb", "pdf", "rss", "sql", "ssl", "tls",
  "ui", "uri", "url", "utc", "uuid", "xml", "yaml", "aws", "ai",
]);

/** `verify_tls` as "Verify TLS". */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[_\s-]+/).filter((word) => word !== "");
  return words.map((word, at) => named(word.toLowerCase(), at)).join(" ");
}

function named(word: string, at: number): string {
  if (SHORT.has(word)) return word.toUpperCase();
  if (word.endsWith("s") && SHORT.has(word.slice(0, -1))) return `${word.slice(0, -1).toUpperCase()}s`;
  return at === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** The label of a schema: its title where somebody wrote one, else its name in words. */
export function titleOf(name: string, title: unknown): string {
  if (typeof title !== "string" || title === "") return labelOf(name);
  const made = name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
  return title.toLowerCase() === made.toLowerCase() ? labelOf(name) : title;
}
