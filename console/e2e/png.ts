import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** A screenshot in 256 colours: less than half the bytes, and the eye sees no difference in a page. */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS_MOST = 256;
const FREQUENT_MOST = 160;

interface Picture {
  width: number;
  height: number;
  /** Bytes of a pixel: red, green, blue and perhaps alpha. */
  depth: number;
  pixels: Buffer;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Undoes the filters of the lines, as the PNG specification describes them (section 9). */
function unfiltered(raw: Buffer, width: number, height: number, depth: number): Buffer {
  const stride = width * depth;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= depth ? (pixels[at - depth] ?? 0) : 0;
      const up = y > 0 ? (pixels[at - stride] ?? 0) : 0;
      const corner = x >= depth && y > 0 ? (pixels[at - stride - depth] ?? 0) : 0;
      const added = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      pixels[at] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + added) & 0xff;
    }
  }
  return pixels;
}

function decode(png: Buffer): Picture {
  const data: Buffer[] = [];
  let header = Buffer.alloc(0);
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = Buffer.from(body);
    if (type === 'IDAT') data.push(body);
    at += 12 + length;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const depth = header[9] === 6 ? 4 : 3;
  if (header[8] !== 8 || header[12] !== 0) throw new Error('png: expected 8 bits a channel, not interlaced');
  return { width, height, depth, pixels: unfiltered(inflateSync(Buffer.concat(data)), width, height, depth) };
}

const colourAt = ({ pixels, depth }: Picture, pixel: number): number => pixels.readUIntBE(pixel * depth, 3);

/** How much two colours differ. */
const apart = (a: number, b: number): number =>
  [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 0xff) - ((b >> shift) & 0xff)) ** 2, 0);

/**
 * The most frequent colours, and those that differ most from all chosen before, so that a rare colour with a
 * meaning stays; of every colour that there is, the place of the nearest of them.
 */
function palette(picture: Picture): { colours: number[]; places: Map<number, number> } {
  const counts = new Map<number, number>();
  for (let i = 0; i < picture.width * picture.height; i++) {
    const colour = colourAt(picture, i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const all = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const colours = all.slice(0, FREQUENT_MOST);
  const nearest = all.map((colour) => Math.min(...colours.map((one) => apart(colour, one))));
  while (colours.length < Math.min(COLOURS_MOST, all.length)) {
    const next = all[nearest.indexOf(nearest.reduce((most, one) => Math.max(most, one), 0))] ?? 0;
    colours.push(next);
    all.forEach((colour, i) => (nearest[i] = Math.min(nearest[i] ?? 0, apart(colour, next))));
  }
  const place = (colour: number): number =>
    colours.reduce((best, one, i) => (apart(colour, one) < apart(colour, colours[best] ?? 0) ? i : best), 0);
  return { colours, places: new Map(all.map((colour) => [colour, place(colour)])) };
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}

export function inFewColours(png: Buffer): Buffer {
  const picture = decode(png);
  const { width, height } = picture;
  const { colours, places } = palette(picture);
  const lines = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < width * height; i++) {
    lines[i + Math.floor(i / width) + 1] = places.get(colourAt(picture, i)) ?? 0;
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk(
      'PLTE',
      Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff])),
    ),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
