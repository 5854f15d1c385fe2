/** Failures of the API, as problem details (RFC 9457). */

export interface Violation {
  /** Where in the body, query or document. */
  readonly at: string;
  readonly message: string;
}

/** What the server answers where something cannot be done. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    /** Names the kind of failure: `workflow.not_found`. */
    readonly code: string,
    /** In the language that was asked for. */
    message: string,
    /** The whole answer. */
    readonly body: Readonly<Record<string, unknown>> = {},
    readonly requestId: string | null = null,
  ) {
    super(message);
  }
}

/** Whether a failure is the API's, with this code. */
export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}

/** A failed answer, read. */
export async function problemOf(answer: Response): Promise<ApiProblem> {
  const body = await bodyOf(answer);
  const text = (name: string): string => (typeof body[name] === "string" ? body[name] : "");
  return new ApiProblem(
    answer.status,
    text("code"),
    text("detail") || text("title") || answer.statusText || String(answer.status),
    body,
    answer.headers.get("x-request-id"),
  );
}

async function bodyOf(answer: Response): Promise<Record<string, unknown>> {
  try {
    const found: unknown = await answer.clone().json();
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
