/** The node types that there are, and what they take and give: asked for once in each language. */
import i18next from "i18next";

import { api, everyPage, type NodeOut, type ShapeOut } from "@/api";

import type { Catalogue, Shapes } from "../model/kinds";

const catalogues = new Map<string, Promise<Catalogue>>();
const shapes = new Map<string, Promise<Shapes>>();

export function catalogueOf(): Promise<Catalogue> {
  return once(catalogues, async () => byType(await everyPage<NodeOut>((cursor) => api.listNodes({ query: page(cursor) }))));
}

export function shapesOf(): Promise<Shapes> {
  return once(shapes, async () => byType<ShapeOut>((await api.listShapes()).data.items));
}

function page(cursor: string | undefined): { limit: number; cursor?: string } {
  return { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
}

function byType<T extends { type: string }>(found: readonly T[]): ReadonlyMap<string, T> {
  return new Map(found.map((one) => [one.type, one]));
}

/** What was asked for before, also while it is on its way; what has failed is asked for again. */
function once<T>(known: Map<string, Promise<T>>, ask: () => Promise<T>): Promise<T> {
  const { language } = i18next;
  let asked = known.get(language);
  if (asked === undefined) {
    asked = ask();
    known.set(language, asked);
    asked.catch(() => known.delete(language));
  }
  return asked;
}
