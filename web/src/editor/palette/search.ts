/** Finding node types by a few words: by title, type, other words for them, and what they do. */
import type { NodeOut } from "@/api";

import type { Kind, Shapes } from "../model/kinds";
import { fits, takers } from "../model/kinds";

const WORD = /[\p{L}\p{N}]+/gu;

interface Terms {
  readonly fields: readonly (readonly [number, readonly string[]])[];
}

const known = new WeakMap<NodeOut, Terms>();

function termsOf(node: NodeOut): Terms {
  let found = known.get(node);
  if (found === undefined) {
    found = {
      fields: [
        [4, [...words(node.title), ...words(node.type)]],
        [3, words(node.keywords.join(" "))],
        [1.5, words(node.category)],
        [1, words(node.description)],
      ],
    };
    known.set(node, found);
  }
  return found;
}

/** Take the terms of all types out before they are first looked for. */
export function prepare(nodes: Iterable<NodeOut>): void {
  for (const node of nodes) termsOf(node);
}

function words(text: string): string[] {
  return text.toLowerCase().replaceAll("_", " ").match(WORD) ?? [];
}

/** The node types that fit every word, best first; all of them in their order for an empty text. */
export function searched(nodes: readonly NodeOut[], text: string, weight: (node: NodeOut) => number = () => 0): NodeOut[] {
  const wanted = words(text);
  return nodes
    .map((node) => ({ node, score: score(termsOf(node), wanted) }))
    .filter((one): one is { node: NodeOut; score: number } => one.score !== null)
    .map(({ node, score: found }) => ({ node, score: found + weight(node) }))
    .sort((one, other) => other.score - one.score)
    .map((one) => one.node);
}

function score(terms: Terms, wanted: readonly string[]): number | null {
  let total = 0;
  for (const word of wanted) {
    const best = Math.max(...terms.fields.map(([weight, field]) => weight * fit(word, field)));
    if (best < 0.4) return null;
    total += best;
  }
  return total;
}

/** How well a word fits the best of some terms: 1 for equal, less for a beginning, a part, a typing error, letters in order. */
export function fit(word: string, terms: readonly string[]): number {
  let best = 0;
  for (const term of terms) {
    if (term === word) return 1;
    if (term.startsWith(word)) best = Math.max(best, 0.8);
    else if (word.length > 2 && term.includes(word)) best = Math.max(best, 0.5);
    else if (best < 0.4 && word.length > 3 && oneEdit(word, term)) best = 0.4;
    else if (best < 0.2 && word.length > 2 && inOrder(word, term)) best = 0.2;
  }
  return best;
}

function oneEdit(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const [rest, left] = [one.slice(at), other.slice(at)];
  const swapped = rest.length > 1 && rest[0] === left[1] && rest[1] === left[0] && rest.slice(2) === left.slice(2);
  return swapped || rest.slice(1) === left.slice(1) || rest.slice(1) === left || rest === left.slice(1);
}

function inOrder(word: string, term: string): boolean {
  let at = 0;
  for (const letter of term) if (letter === word[at]) at += 1;
  return at === word.length && term.startsWith(word[0] ?? "");
}

/** How well a node type takes what a wire carries: 0 where it does not. Required params count more. */
export function takes(shapes: Shapes, type: string, carried: readonly (readonly Kind[])[]): number {
  let best = 0;
  for (const param of takers(shapes.get(type))) {
    for (const kinds of carried) {
      const how = fits(kinds, param.kinds);
      best = Math.max(best, how === 0 ? 0 : how + (param.required ? 2 : 0) - (how === 1 ? 0.5 : 0));
    }
  }
  return best;
}

/** How well a node type gives what a param wants. */
export function gives(shapes: Shapes, type: string, wanted: readonly Kind[]): number {
  return Math.max(0, ...(shapes.get(type)?.outputs ?? []).map((one) => fits(one.kinds, wanted)));
}
