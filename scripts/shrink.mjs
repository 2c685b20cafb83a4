// Makes the page that trunk built lighter: wasm-opt shortens the program, by a third; its functions are put into an
// order that compresses well (20 kB gzipped less than in that of the linker); esbuild minifies scripts and style sheets, which
// trunk's minifier cannot read; and wasm-bindgen gives each of its imports a name of fifty letters, once in the
// JavaScript and once in the WebAssembly.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { namedByLikeness, renamed } from './wasm.mjs';

const require = createRequire(path.join(process.env.QUORUM_TOOLS, 'node', 'package.json'));
const { transformSync } = require('esbuild');

const folder = process.argv[2];
const file = (pattern) => readdirSync(folder).find((name) => pattern.test(name));
const [script, program] = [file(/^quorum-page-.*\.js$/), file(/_bg\.wasm$/)];
const read = (name) => readFileSync(path.join(folder, name));
const minified = (loader, text) => transformSync(text, { loader, minify: true, legalComments: 'none', charset: 'utf8' }).code.trim();
// What the compiler may use, and what is true of its programs.
const features = [
  ...['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'].map((name) => `--enable-${name}`),
  '--low-memory-unused',
  '--dealign',
];
const longName = /\b__(?:wbg|wbindgen)_\w+_[0-9a-f]{16}\b/g;

/** What wasm-opt makes of a program. */
function optimized(bytes, ...options) {
  const [from, to] = ['before', 'after'].map((name) => path.join('target', `${name}.wasm`));
  writeFileSync(from, bytes);
  execFileSync('wasm-opt', [...features, ...options, from, '-o', to]);
  return readFileSync(to);
}

/** The program, as short as it gets: structured anew, and with its functions in an order that compresses well. */
function smaller(bytes) {
  const short = optimized(bytes, '-g', '-Oz', '--flatten', '--rereloop', '-Oz', '-Oz');
  return optimized(namedByLikeness(short), '-Oz', '--reorder-functions-by-name');
}

const glue = read(script).toString();
const names = [...new Set(glue.match(longName))].sort();
const rename = (name) => (names.includes(name) ? `i${names.indexOf(name)}` : name);
let page = read('index.html').toString();
page = page.replace(/(<(style|script)\b[^>]*>)([^]*?)(<\/\2>)/g, (_, open, tag, text, close) =>
  open + minified(tag === 'style' ? 'css' : 'js', text) + close);
page = page.replace(/\n\s+/g, '\n');
const built = read(program);
const final = renamed(smaller(built), rename);
for (const [name, content] of [
  [script, Buffer.from(minified('js', glue.replace(longName, rename)))],
  [program, final],
]) {
  // The names of files tell browsers whether they have them already, so they follow what is in them.
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const newName = name.replace(/-[0-9a-f]+(?=[._])/, `-${hash}`);
  rmSync(path.join(folder, name));
  writeFileSync(path.join(folder, newName), content);
  page = page.replaceAll(name, newName);
}
// The page shows how much of the program has come, and trunk wrote there how long it was.
const parts = page.split(String(built.length));
if (parts.length !== 2) throw new Error(`the length of the program is ${parts.length - 1} times in the page, not once`);
writeFileSync(path.join(folder, 'index.html'), parts.join(String(final.length)));
