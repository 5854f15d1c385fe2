// Finds words that are missing in a language and words that nothing says: node tools/words.mjs
//
// Keys are read from the sources: t("a.b") in a file with useTranslation("ns") is ns:a.b, t("ns:a.b") says it itself, and a
// template (t(`status.${x}`)) counts for every key that begins like it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCALES = join(WEB, "src/i18n/locales");
const LANGUAGES = ["en", "fr", "ar"];
const SPEAKERS = new Set(["t", "i18next.t", "i18n.t"]);
const problems = [];

const words = Object.fromEntries(LANGUAGES.map((language) => [language, wordsOf(language)]));
const used = usedIn(join(WEB, "src"));

for (const [key, where] of used.whole) {
  if (!formsOf(words.en, key).length) problems.push(`${where}: there are no English words for ${key}`);
}
for (const key of words.en.keys()) {
  const plain = withoutForm(key);
  if (!used.whole.has(plain) && !used.whole.has(key) && !used.beginnings.some((one) => plain.startsWith(one))) {
    problems.push(`locales/en: nothing says ${key}`);
  }
}
for (const language of LANGUAGES.slice(1)) {
  for (const key of new Set([...words.en.keys()].map(withoutForm))) {
    for (const form of missingForms(language, key)) problems.push(`locales/${language}: ${key}${form} is missing`);
  }
  for (const key of words[language].keys()) {
    if (!formsOf(words.en, withoutForm(key)).length) problems.push(`locales/${language}: ${key} is not in English`);
  }
}
for (const language of LANGUAGES.slice(1)) {
  for (const [key, text] of words[language]) {
    const english = words.en.get(key) ?? words.en.get(`${withoutForm(key)}_other`);
    if (english === undefined) continue;
    // A form for one, or for none or two, may say the number in a word.
    const counted = key !== withoutForm(key);
    const missing = holes(english).filter((one) => !holes(text).includes(one) && !(counted && one === "count"));
    const added = holes(text).filter((one) => !holes(english).includes(one) && one !== "count");
    for (const hole of [...missing, ...added]) problems.push(`locales/${language}: ${key} and English differ in {{${hole}}}`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} problems with words`);
  process.exit(1);
}

function wordsOf(language) {
  const found = new Map();
  for (const name of readdirSync(join(LOCALES, language)).filter((one) => one.endsWith(".json"))) {
    flatten(JSON.parse(readFileSync(join(LOCALES, language, name), "utf8")), `${name.slice(0, -5)}:`, found);
  }
  return found;
}

function flatten(value, at, found) {
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === "string") found.set(at + name, one);
    else flatten(one, `${at}${name}.`, found);
  }
}

function withoutForm(key) {
  return key.replace(/_(zero|one|two|few|many|other)$/, "");
}

function formsOf(known, key) {
  return [key, ...["zero", "one", "two", "few", "many", "other"].map((form) => `${key}_${form}`)].filter((one) => known.has(one));
}

/** Endings that a language lacks for a key: none where the key has no plural in English. */
function missingForms(language, key) {
  if (words.en.has(key)) return words[language].has(key) ? [] : [""];
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return forms.map((form) => `_${form}`).filter((form) => !words[language].has(key + form));
}

function holes(text) {
  return [...text.matchAll(/\{\{\s*(?:- *)?([\w.]+)/g)].map((match) => match[1]);
}

function usedIn(folder) {
  const whole = new Map();
  const beginnings = [];
  for (const file of sources(folder)) {
    const text = readFileSync(file, "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
    const namespace = /useTranslation\(\s*"([\w-]+)"/.exec(text)?.[1] ?? "common";
    const where = (node) => `${relative(WEB, file)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    const named = (key) => (key.includes(":") ? key : `${namespace}:${key}`);
    const visit = (node) => {
      if (ts.isCallExpression(node) && SPEAKERS.has(node.expression.getText(source))) read(node.arguments[0]);
      if (ts.isJsxAttribute(node) && node.name.getText(source) === "i18nKey" && node.initializer) {
        read(ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer);
      }
      ts.forEachChild(node, visit);
    };
    const read = (said) => {
      if (said === undefined) return;
      if (ts.isStringLiteralLike(said)) whole.set(named(said.text), where(said));
      else if (ts.isTemplateExpression(said)) {
        if (said.head.text === "") problems.push(`${where(said)}: a key must begin with a word that tells which it can be`);
        else beginnings.push(named(said.head.text));
      } else if (ts.isConditionalExpression(said)) {
        read(said.whenTrue);
        read(said.whenFalse);
      } else if (ts.isParenthesizedExpression(said)) read(said.expression);
      else problems.push(`${where(said)}: a key must be a text or a template, so that it can be looked for`);
    };
    visit(source);
  }
  return { whole, beginnings };
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "generated" && entry.name !== "testing") yield* sources(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) yield path;
  }
}
