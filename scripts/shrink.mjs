// Makes the page that trunk built lighter, by some nine kilobytes gzipped: esbuild minifies scripts and style sheets,
// which trunk's minifier cannot read; and wasm-bindgen gives each of its imports a name of fifty letters, once in the
// JavaScript and once in the WebAssembly.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.QUORUM_TOOLS, 'node', 'package.json'));
const { transformSync } = require('esbuild');

const folder = process.argv[2];
const file = (pattern) => readdirSync(folder).find((name) => pattern.test(name));
const [script, program] = [file(/^quorum-page-.*\.js$/), file(/_bg\.wasm$/)];
const read = (name) => readFileSync(path.join(folder, name));
const minified = (loader, text) => transformSync(text, { loader, minify: true, legalComments: 'none', charset: 'utf8' }).code.trim();
const longName = /\b__(?:wbg|wbindgen)_\w+_[0-9a-f]{16}\b/g;

/** WebAssembly whose imports have the names that `rename` gives. */
function renamed(bytes, rename) {
  let at = 8;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(Math.floor(value / 128))]);
  const text = () => {
    const length = number();
    return bytes.toString('utf8', at, (at += length));
  };
  const withLength = (data) => Buffer.concat([Buffer.from(written(data.length)), data]);
  const sections = [bytes.subarray(0, at)];
  while (at < bytes.length) {
    const [start, id, length] = [at, bytes[at++], number()];
    const end = at + length;
    if (id === 2) {
      const count = number();
      const imports = [Buffer.from(written(count))];
      for (let i = 0; i < count; i++) {
        imports.push(withLength(Buffer.from(text())), withLength(Buffer.from(rename(text()))));
        if (bytes[at++] !== 0) throw new Error('an import that is no function');
        imports.push(Buffer.from([0, ...written(number())]));
      }
      sections.push(Buffer.from([id]), withLength(Buffer.concat(imports)));
    } else {
      sections.push(bytes.subarray(start, end));
    }
    at = end;
  }
  return Buffer.concat(sections);
}

const glue = read(script).toString();
const names = [...new Set(glue.match(longName))].sort();
const rename = (name) => (names.includes(name) ? `i${names.indexOf(name)}` : name);
let page = read('index.html').toString();
page = page.replace(/(<(style|script)\b[^>]*>)([^]*?)(<\/\2>)/g, (_, open, tag, text, close) =>
  open + minified(tag === 'style' ? 'css' : 'js', text) + close);
page = page.replace(/\n\s+/g, '\n');
for (const [name, content] of [
  [script, Buffer.from(minified('js', glue.replace(longName, rename)))],
  [program, renamed(read(program), rename)],
]) {
  // The names of files tell browsers whether they have them already, so they follow what is in them.
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const newName = name.replace(/-[0-9a-f]{16}/, `-${hash}`);
  rmSync(path.join(folder, name));
  writeFileSync(path.join(folder, newName), content);
  page = page.replaceAll(name, newName);
}
writeFileSync(path.join(folder, 'index.html'), page);
