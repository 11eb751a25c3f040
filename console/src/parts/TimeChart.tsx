import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { createEffect, createSignal, For, on, onCleanup, onMount, type JSX } from 'solid-js';
import { clock, NONE } from '../lib/format';
import { theme } from '../lib/theme';
import styles from './TimeChart.module.css';

/** One line of a chart. */
export interface Series {
  label: string;
  /** A custom property of tokens.css. */
  colour: string;
  values(): (number | null)[];
  isDashed?: boolean;
}

interface TimeChartProps {
  label: string;
  /** Read before each drawing; changes when there is more to draw. */
  tick: number;
  times: number[];
  series: Series[];
  seconds: number;
  format(value: number): string;
  scale?: 'linear' | 'logarithmic';
  height?: number;
}

const MINUTE = 60;

/** With seconds where the times are closer than minutes, which would repeat otherwise. */
const timesOf = (at: number[], step: number): string[] =>
  at.map((time) => clock(time * 1000).slice(0, step % MINUTE === 0 ? 5 : 8));

const AXIS_FONT = '11px Inter, system-ui, sans-serif';

const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A custom property as a colour that a canvas knows: `light-dark()` is resolved by an element. */
function colourOf(host: HTMLElement, name: string): string {
  host.style.color = `var(${name})`;
  const colour = getComputedStyle(host).color;
  host.style.color = '';
  return colour || token(name);
}

/** From nothing to a little above the largest value, so that lines do not jump about. */
function linearRange(_: uPlot, __: number, most: number | null): [number, number] {
  return [0, Math.max(1e-9, most ?? 1) * 1.15];
}

function logRange(_: uPlot, least: number | null, most: number | null): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.max(least ?? 10, 1)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(most ?? 1000, low * 10)));
  return [low, high];
}

/** Of a logarithmic axis only the powers of ten. */
const powersOfTen = (_: uPlot, splits: number[]): (number | null)[] =>
  splits.map((split) => (Number.isInteger(Math.log10(split)) ? split : null));

function optionsOf(
  props: TimeChartProps,
  host: HTMLElement,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const line = { stroke: colourOf(host, '--line'), width: 1 };
  const axis = { stroke: colourOf(host, '--ink-faint'), font: AXIS_FONT, grid: line, ticks: { show: false } };
  const isLog = props.scale === 'logarithmic';
  return {
    width: Math.max(host.clientWidth, 120),
    height: props.height ?? 190,
    legend: { show: false },
    padding: [8, 28, 0, 0],
    cursor: { y: false, points: { size: 6 }, sync: { key: 'time' }, drag: { x: false, y: false } },
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
    scales: {
      x: {
        time: true,
        range: (_plot, _min, most) => [
          (most ?? Date.now() / 1000) - props.seconds,
          most ?? Date.now() / 1000,
        ],
      },
      y: isLog ? { distr: 3, range: logRange } : { range: linearRange },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 80,
        size: 26,
        values: (_, at, _axis, _space, step) => timesOf(at, step),
      },
      {
        ...axis,
        size: 62,
        gap: 4,
        space: 32,
        ...(isLog ? { filter: powersOfTen, grid: { ...line, filter: powersOfTen } } : {}),
        values: (_, at) => at.map((value) => (value === null ? '' : props.format(value))),
      },
    ],
    series: [
      {},
      ...props.series.map((one): uPlot.Series => ({
        label: one.label,
        stroke: colourOf(host, one.colour),
        width: 1.6,
        points: { show: false },
        ...(one.isDashed ? { dash: [4, 3] } : {}),
      })),
    ],
  };
}

/** Lines over the last minutes, with the values at the pointer, or the last ones, beside their names. */
export function TimeChart(props: TimeChartProps): JSX.Element {
  const [pointed, setPointed] = createSignal<number | null>(null);
  let host!: HTMLDivElement;
  let plot: uPlot | undefined;

  const data = (): uPlot.AlignedData => [props.times, ...props.series.map((one) => one.values())];

  const valueOf = (one: Series): string => {
    void props.tick;
    const values = one.values();
    const value = values[pointed() ?? values.length - 1];
    return value === null || value === undefined ? NONE : props.format(value);
  };

  const draw = (): void => {
    plot?.destroy();
    plot = new uPlot(optionsOf(props, host, setPointed), data(), host);
  };

  onMount(() => {
    createEffect(on([theme, () => props.series], draw));
    createEffect(
      on(
        () => props.tick,
        () => plot?.setData(data()),
        { defer: true },
      ),
    );
    const resized = new ResizeObserver(() => {
      if (plot && host.clientWidth > 0 && host.clientWidth !== plot.width) {
        plot.setSize({ width: host.clientWidth, height: plot.height });
      }
    });
    resized.observe(host);
    onCleanup(() => {
      resized.disconnect();
      plot?.destroy();
    });
  });

  return (
    <figure>
      <figcaption class={styles['legend']}>
        <For each={props.series}>
          {(one) => (
            <span class={styles['series']}>
              <span class={styles['swatch']} style={{ background: `var(${one.colour})` }} />
              {one.label}
              <span class={`${styles['value']} num`}>{valueOf(one)}</span>
            </span>
          )}
        </For>
      </figcaption>
      <div
        ref={host}
        class={styles['chart']}
        style={{ height: `${props.height ?? 190}px` }}
        role="img"
        aria-label={props.label}
      />
    </figure>
  );
}
