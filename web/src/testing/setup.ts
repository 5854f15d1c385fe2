import { beforeAll } from "vitest";

import { startLanguages } from "@/i18n";

beforeAll(async () => {
  await startLanguages();
});
