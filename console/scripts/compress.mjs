// Puts a .br and a .gz beside each asset that gains by it, and the licences of what is shipped.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const output = process.env.KINDRED_CONSOLE_OUTPUT ?? 'target/site';
const assets = join(output, 'assets');

for (const name of readdirSync(assets)) {
  if (/\.(js|css|svg)$/.test(name)) {
    const content = readFileSync(join(assets, name));
    const brotli = brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    });
    writeFileSync(join(assets, `${name}.br`), brotli);
    writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

const licences = join(output, 'licences');
mkdirSync(licences, { recursive: true });
for (const [from, to] of [
  ['@fontsource-variable/inter/LICENSE', 'inter'],
  ['solid-js/LICENSE', 'solid-js'],
  ['@solidjs/router/LICENSE', 'solid-router'],
  ['uplot/LICENSE', 'uplot'],
]) {
  copyFileSync(join('node_modules', from), join(licences, `${to}.txt`));
}
