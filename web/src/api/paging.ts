/** Lists, page by page. */

export interface Page<T> {
  items: T[];
  next?: string | null;
}

/** Every item of a list. For lists that are short by nature; long ones are shown page by page. */
export async function everyPage<T>(page: (cursor: string | undefined) => Promise<{ data: Page<T> }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    // Each page is asked for with what the one before says.
    // oxlint-disable-next-line no-await-in-loop
    const { data } = await page(cursor);
    items.push(...data.items);
    cursor = data.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** Headers that let a change through only on the revision that was looked at. */
export function ifMatch(revision: number): { "If-Match": string } {
  return { "If-Match": `"${revision}"` };
}
