/** Numbers and times as people read them. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const BYTES = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** A thin space between a number and its unit. */
const THIN = ' ';

export const NONE = '–';

export const count = (value: number): string => grouped.format(value);

/** A number in three digits or so: 7, 0.4, 812, 13.2k, 1.25M. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${digits(value / 1e9)}G`;
  if (size >= 1e6) return `${digits(value / 1e6)}M`;
  if (size >= 1e4) return `${digits(value / 1e3)}k`;
  if (size >= 100 || Number.isInteger(value)) return count(value);
  return digits(value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A value and its unit apart, for large figures. */
export interface Figure {
  value: string;
  unit: string;
}

export function bytesFigure(bytes: number): Figure {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1000 && unit < BYTES.length - 1) {
    value /= 1000;
    unit++;
  }
  return { value: unit === 0 ? count(value) : digits(value), unit: BYTES[unit] ?? '' };
}

export function microsFigure(micros: number): Figure {
  if (micros >= 60e6) return { value: digits(micros / 60e6), unit: 'min' };
  if (micros >= 1e6) return { value: digits(micros / 1e6), unit: 's' };
  if (micros >= 1e3) return { value: digits(micros / 1e3), unit: 'ms' };
  return { value: digits(micros), unit: 'µs' };
}

const joined = (figure: Figure): string => `${figure.value}${THIN}${figure.unit}`;

export const bytes = (value: number): string => joined(bytesFigure(value));
export const micros = (value: number): string => joined(microsFigure(value));

/** A share of one as per cent; near the whole with more digits, as these are the ones that count. */
export function percent(share: number): string {
  const value = share * 100;
  const places =
    value >= 99 && value < 100 ? 2 : value < 10 && value > 0 ? 1 : value >= 90 && value < 99 ? 1 : 0;
  return `${value.toFixed(places)}${THIN}%`;
}

/** A duration in its two largest units: 3 d 4 h, 12 min 5 s, 7 s. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) {
    return `0${THIN}s`;
  }
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${THIN}${unit}`)
    .join(' ');
}

/** The time of day of an instant, in the reader's zone. */
export const clock = (instant: string | number): string =>
  new Date(instant).toLocaleTimeString('en-GB', { hour12: false });

/** How long ago an instant was. */
export function ago(instant: string, now: number): string {
  return `${duration((now - Date.parse(instant)) / 1000)} ago`;
}
