// Writes the API client from the server's own description: node tools/api.mjs DOCUMENT OUTPUT
import { createClient } from "@hey-api/openapi-ts";

const [input, output] = process.argv.slice(2);
if (!input || !output) {
  console.error("usage: node tools/api.mjs DOCUMENT OUTPUT");
  process.exit(2);
}
await createClient({
  input,
  output: { path: output, clean: true },
  logs: { level: "error", file: false },
  plugins: [
    { name: "@hey-api/client-fetch", throwOnError: true },
    "@hey-api/typescript",
    { name: "@hey-api/sdk", asClass: false },
  ],
});
