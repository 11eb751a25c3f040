import { For, type JSX } from 'solid-js';
import { percent, short } from '../lib/format';
import styles from './Curves.module.css';

/** A line through points; x above 0. */
export interface Curve {
  label: string;
  points: [number, number][];
}

const WIDTH = 420;
const HEIGHT = 170;
const LEFT = 42;
const BOTTOM = 18;
const TOP = 6;
const COLOURS = ['--series-1', '--series-2', '--series-3', '--series-5'];

/** Shares of one over a logarithmic scale. */
export function Curves(props: { label: string; curves: Curve[] }): JSX.Element {
  const xs = (): number[] =>
    [...new Set(props.curves.flatMap((curve) => curve.points.map(([x]) => x)))].sort((a, b) => a - b);
  const lowest = (): number => Math.min(...props.curves.flatMap((curve) => curve.points.map(([, y]) => y)));
  const floor = (): number => Math.max(0, Math.floor(lowest() * 10) / 10);
  const across = (x: number): number => {
    const [low, high] = [Math.log(xs()[0] ?? 1), Math.log(xs().at(-1) ?? 2)];
    return LEFT + ((Math.log(x) - low) / Math.max(1e-9, high - low)) * (WIDTH - LEFT - 8);
  };
  const down = (y: number): number => TOP + ((1 - y) / Math.max(1e-9, 1 - floor())) * (HEIGHT - TOP - BOTTOM);
  const marks = (): number[] => Array.from({ length: 5 }, (_, i) => floor() + ((1 - floor()) * i) / 4);
  const named = (): number[] => xs().filter((_, i) => i % Math.ceil(xs().length / 7) === 0);
  const path = (curve: Curve): string =>
    curve.points
      .map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${across(x).toFixed(1)} ${down(y).toFixed(1)}`)
      .join('');
  return (
    <figure>
      <svg class={styles['svg']} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label}>
        <For each={marks()}>
          {(mark) => (
            <>
              <line class={styles['grid']} x1={LEFT} x2={WIDTH} y1={down(mark)} y2={down(mark)} />
              <text class={styles['text']} x={LEFT - 6} y={down(mark) + 3} text-anchor="end">
                {percent(mark)}
              </text>
            </>
          )}
        </For>
        <For each={named()}>
          {(x) => (
            <text class={styles['text']} x={across(x)} y={HEIGHT - 3} text-anchor="middle">
              {short(x)}
            </text>
          )}
        </For>
        <For each={props.curves}>
          {(curve, i) => (
            <path
              class={styles['line']}
              d={path(curve)}
              style={{ stroke: `var(${COLOURS[i()] ?? '--series-8'})` }}
            />
          )}
        </For>
      </svg>
      <figcaption class={styles['legend']}>
        <For each={props.curves}>
          {(curve, i) => (
            <span style={{ '--swatch': `var(${COLOURS[i()] ?? '--series-8'})` }}>{curve.label}</span>
          )}
        </For>
      </figcaption>
    </figure>
  );
}
