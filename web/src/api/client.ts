/** How the interface speaks to the API: session, language, failures. */
import i18next from "i18next";

import { client } from "./generated/client.gen";
import { ApiProblem, problemOf } from "./problem";

const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);

let csrf: string | null = null;
let expired: () => void = () => undefined;

/** Keep what every change must carry; null once signed out. */
export function keepCsrf(token: string | null): void {
  csrf = token;
}

/** Call this where the session is over. */
export function whenExpired(told: () => void): void {
  expired = told;
}

/** `fetch` as the interface needs it: it throws `ApiProblem` for whatever is no success. */
export async function asking(request: Request): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set("Accept-Language", i18next.language === "xx" ? "en" : i18next.language);
  if (CHANGING.has(request.method) && csrf !== null) headers.set("X-CSRF-Token", csrf);
  let answer: Response;
  try {
    answer = await fetch(new Request(request, { headers, credentials: "same-origin" }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(0, "interface.unreachable", i18next.t("common:unreachable"));
  }
  if (answer.ok || answer.status === 304) return answer;
  const problem = await problemOf(answer);
  if (problem.status === 401 && csrf !== null) expired();
  throw problem;
}

client.setConfig({
  baseUrl: "",
  throwOnError: true,
  fetch: (input) => asking(input instanceof Request ? input : new Request(input)),
});

export { client };
