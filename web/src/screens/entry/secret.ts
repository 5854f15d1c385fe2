const kept = new Map<string, string>();

/**
 * The secret of a link, from behind its `#`: there it is in no log of a server or proxy. It is taken out of the address,
 * so that it is in no history either; whoever comes back to the screen, by way of the sign-in, finds it again.
 */
export function takeSecret(): string {
  const secret = location.hash.slice(1);
  if (secret !== "") {
    kept.set(location.pathname, secret);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return kept.get(location.pathname) ?? "";
}
