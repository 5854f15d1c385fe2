/** The server, as the interface sees it: one function per operation, its types, its failures, its live events. */
import "./client";

export { keepCsrf, whenExpired, asking } from "./client";
export { follow, type Followed, type StreamState } from "./events";
export { everyPage, ifMatch, type Page } from "./paging";
export { ApiProblem, isProblem, problemOf } from "./problem";
export * as api from "./generated/sdk.gen";
export type * from "./generated/types.gen";
