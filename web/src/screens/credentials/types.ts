import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api, type CredentialTypeOut } from "@/api";

/** Kinds of credentials by their ids, in the language that is spoken. */
export function useCredentialTypes(): ReadonlyMap<string, CredentialTypeOut> {
  const { i18n } = useTranslation();
  const { data } = useQuery({
    queryKey: ["credential-types", i18n.language],
    queryFn: async () => (await api.listCredentialTypes()).data.items,
    staleTime: 300_000,
  });
  return useMemo(() => new Map(data?.map((one) => [one.id, one])), [data]);
}
