/** Who is signed in, and what they may do. */
import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { api, isProblem, keepCsrf, type SessionOut } from "@/api";
import { isLanguage, speak } from "@/i18n";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<SessionOut | null> => {
    try {
      const { data } = await api.showSession();
      keepCsrf(data.csrf ?? null);
      return data;
    } catch (error) {
      if (isProblem(error) && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** The session; only used below the shell, where there is one. */
export function useSession(): SessionOut {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("Nobody is signed in.");
  return data;
}

/** Whether the one who is signed in has a permission in this workspace, or in a folder of it. */
export function useCan(): (permission: string, folder?: string | null) => boolean {
  const session = useSession();
  return (permission, folder) =>
    session.permissions.includes(permission) ||
    (folder != null && (session.folders[folder]?.includes(permission) ?? false));
}

/** Take up a session that has just begun. */
export async function begin(queries: QueryClient, session: SessionOut): Promise<void> {
  keepCsrf(session.csrf ?? null);
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, session);
  const { lang } = session.account;
  if (lang && isLanguage(lang)) await speak(lang);
}

/** Sign out, and forget whatever was loaded. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await api.signOut();
    forget(queries);
  };
}

/** Nobody is signed in any more. */
export function forget(queries: QueryClient): void {
  keepCsrf(null);
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, null);
}
