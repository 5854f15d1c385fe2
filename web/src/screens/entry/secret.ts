/**
 * The secret of a link, from behind its `#`: there it is in no log of a server or proxy. It is taken out of the address,
 * so that it is in no history either.
 */
export function takeSecret(): string {
  const secret = location.hash.slice(1);
  if (secret !== "") history.replaceState(history.state, "", location.pathname + location.search);
  return secret || kept;
}

/** Effects run twice in development, and the address has the secret only once. */
const kept = location.hash.slice(1);
