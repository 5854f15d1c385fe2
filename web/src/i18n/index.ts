/** Languages: which there are, which one is spoken, and where its words come from. */
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = { en: "English", fr: "Français", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

/** For layout tests: English with longer, accented words. Chosen with ?lang=xx, and in no menu. */
const PSEUDO = "xx";
const KEPT = "studio.language";
const words = import.meta.glob<Record<string, unknown>>("./locales/*/*.json", { import: "default" });

/** Direction in which a language is written. */
export function directionOf(language: string): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/** A locale for numbers and dates. */
export function localeOf(language: string): string {
  return language === PSEUDO ? "en" : language;
}

/** Start with the language that was chosen here before, or else the browser's, or else English. */
export async function startLanguages(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = localeOf(language);
    document.documentElement.dir = directionOf(language);
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: "en",
      supportedLngs: [...Object.keys(LANGUAGES), PSEUDO],
      ns: ["common"],
      defaultNS: "common",
      fallbackNS: "common",
      partialBundledLanguages: true,
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

/** Speak another language from now on, without loading the page again. */
export async function speak(language: string): Promise<void> {
  await i18next.changeLanguage(language);
  localStorage.setItem(KEPT, language);
}

export function isLanguage(text: string): text is Language {
  return text in LANGUAGES;
}

function firstLanguage(): string {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === PSEUDO || (asked !== null && isLanguage(asked))) return asked;
  const kept = localStorage.getItem(KEPT);
  if (kept !== null && isLanguage(kept)) return kept;
  return navigator.languages.map((one) => one.slice(0, 2)).find(isLanguage) ?? "en";
}

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read(language, namespace, done) {
    const load = words[`./locales/${language === PSEUDO ? "en" : language}/${namespace}.json`];
    if (load === undefined) {
      done(new Error(`No words for ${language}, ${namespace}`), false);
      return;
    }
    load().then(
      (found) => done(null, (language === PSEUDO ? stretched(found) : found) as never),
      (error: unknown) => done(error as Error, false),
    );
  },
};

const ACCENTED: Record<string, string> = { a: "á", e: "é", i: "í", o: "ó", u: "ú", c: "ç", n: "ñ", A: "Á", E: "É", O: "Ó" };

/** Every text a third longer and accented; what stands in {{…}} and <…> is left as it is. */
export function stretched(value: unknown): unknown {
  if (typeof value === "string") {
    const accented = value.replace(/\{\{.*?\}\}|<.*?>|[aeioucnAEO]/g, (found) => ACCENTED[found] ?? found);
    return `[${accented}${"·".repeat(Math.ceil(value.length / 3))}]`;
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, stretched(one)]));
  }
  return value;
}
