import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { api, everyPage } from "@/api";
import { useCan, useSession } from "@/app/session";

/** Names of members by their ids; the id itself for whoever is gone, or may not be seen. */
export function useMemberNames(): (id: string) => string {
  const can = useCan();
  const { account } = useSession();
  const { data } = useQuery({
    queryKey: ["members", "names"],
    queryFn: async () => {
      const members = await everyPage((cursor) => api.listMembers({ query: { limit: 200, ...(cursor ? { cursor } : {}) } }));
      return new Map(members.map((one) => [one.id, one.name]));
    },
    enabled: can("member.view"),
    staleTime: 60_000,
  });
  return useCallback((id: string) => (id === account.id ? account.name : (data?.get(id) ?? id)), [data, account]);
}
