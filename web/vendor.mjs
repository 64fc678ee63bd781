// Copies what others wrote into static/, with their licences: fonts by script, htmx. Run by `npm run vendor` after a version changes.
// Font file names carry the version, so that they may be cached for ever.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const modules = "node_modules/";
const version = (name) => JSON.parse(readFileSync(`${modules}${name}/package.json`)).version;
// A family for each script, so that a page fetches the fonts of its own language and not one for every name that it
// mentions: those are shown in the device's font.
const fonts = [
  ["inter", { latin: "Inter", greek: "Inter Greek", cyrillic: "Inter Cyrillic" }],
  ["vazirmatn", { arabic: "Vazirmatn", latin: "Vazirmatn Latin" }],
];

rmSync("static/fonts", { recursive: true, force: true });
mkdirSync("static/fonts", { recursive: true });
let css = "/* Written by vendor.mjs. app.css says which language uses which. */\n";
for (const [font, scripts] of fonts) {
  const from = `${modules}@fontsource-variable/${font}`;
  const v = version(`@fontsource-variable/${font}`);
  const faces = readFileSync(`${from}/index.css`, "utf8");
  for (const [script, family] of Object.entries(scripts)) {
    const source = `${font}-${script}-wght-normal`;
    const face = faces.split("/* ").find((part) => part.startsWith(source + " "));
    const range = face.match(/unicode-range: ([^;]+);/)[1].split(",U+10E60")[0];
    const target = `${font}-${script}-${v}.woff2`;
    cpSync(`${from}/files/${source}.woff2`, `static/fonts/${target}`);
    // Optional: a font that is late waits for the next page, and nothing on this one jumps.
    css += `@font-face { font-family: "${family}"; font-style: normal; font-weight: 100 900; font-display: optional; src: url(fonts/${target}) format("woff2"); unicode-range: ${range}; }\n`;
  }
}
writeFileSync("css/fonts.css", css);
cpSync(`${modules}htmx.org/dist/htmx.min.js`, "static/htmx.min.js");

const kept = [
  ["htmx.org", "htmx.min.js"],
  ["tailwindcss", "app.css (generated with it)"],
  ["daisyui", "app.css (generated with it)"],
  ["@fontsource-variable/inter", "fonts/inter-*"],
  ["@fontsource-variable/vazirmatn", "fonts/vazirmatn-*"],
];
const licences = kept.map(([name, where]) => {
  const file = readdirSync(modules + name).find((f) => /^licen[cs]e/i.test(f));
  const text = readFileSync(`${modules}${name}/${file}`, "utf8").replaceAll("\r\n", "\n").trim();
  return `${name} ${version(name)}: ${where}\n\n${text}\n`;
});
writeFileSync("static/LICENSES.txt", licences.join("\n" + "-".repeat(80) + "\n\n"));

// What only the tests read lives beside them, and never in static/ or in the binary.
const axe = "../internal/testkit/axe/";
for (const name of ["axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"]) cpSync(`${modules}axe-core/${name}`, axe + name);
