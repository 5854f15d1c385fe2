/** Lists that come page by page. */
import { useInfiniteQuery, type QueryKey } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Page } from "@/api";

export interface Pages<T> {
  /** What has come so far; undefined while the first page is on its way. */
  readonly items: readonly T[] | undefined;
  readonly error: Error | null;
  /** Ask for the next page; null where there is none. */
  readonly more: (() => void) | null;
  readonly loadingMore: boolean;
}

/** A list by its pages, and how to get the next one. */
export function usePages<T>(
  key: QueryKey,
  page: (cursor: string | undefined) => Promise<{ data: Page<T> }>,
  options: { enabled?: boolean; refetchInterval?: number } = {},
): Pages<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam }) => (await page(pageParam)).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    ...options,
  });
  const items = useMemo(() => query.data?.pages.flatMap((one) => one.items), [query.data]);
  return {
    items,
    error: query.error,
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
    loadingMore: query.isFetchingNextPage,
  };
}
