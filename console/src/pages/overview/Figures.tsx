import { Show, type JSX } from 'solid-js';
import { eventP99, eventsPerSecond, meanRecall, useLive } from '../../api/live';
import type { Stats } from '../../api/types';
import { count, microsFigure, NONE, percent, short, type Figure } from '../../lib/format';
import type { Column } from '../../lib/history';
import { FigureTile } from '../../parts/FigureTile';
import { Tiles } from '../../parts/Grid';
import { text } from '../../text';

const SPARK = 90;
const SLOW_US = 100_000;
const RECALL_LEAST = 0.9;

const rate = (value: number | undefined): Figure => ({
  value: value === undefined ? NONE : short(value),
  unit: text.overview.perSecond,
});

const time = (value: number | null): Figure =>
  value === null ? { value: NONE, unit: '' } : microsFigure(value);

const samples = (stats: Stats): number =>
  stats.tables.flatMap((table) => Object.values(table.recall)).reduce((sum, one) => sum + one.samples, 0);

/** The figures that tell in a glance what goes on. */
export function Figures(): JSX.Element {
  const live = useLive();
  const tail = (column: Column): (number | null)[] => {
    void live.ticks();
    return live.history.tail(column, SPARK);
  };
  const p99 = (of: 'search' | 'write'): number | null => {
    const stats = live.latest();
    const latency = of === 'search' ? stats?.searches : stats?.writes;
    return latency && latency.calls_per_s > 0 ? latency.p99_us : null;
  };
  const events = (): number | null => {
    const stats = live.latest();
    return stats ? eventsPerSecond(stats) : null;
  };
  /** Of events where some come, else of writes. */
  const eventFreshness = (): number | null => {
    const stats = live.latest();
    return stats ? eventP99(stats) : null;
  };
  const freshness = (): number | null => eventFreshness() ?? p99('write');
  const freshnessNote = (): string =>
    eventFreshness() !== null
      ? text.overview.freshnessEvents
      : p99('write') !== null
        ? text.overview.freshnessWrites
        : text.overview.freshnessNone;
  const recall = (): number | null => {
    const stats = live.latest();
    return stats ? meanRecall(stats) : null;
  };
  const recallFigure = (): Figure => {
    const value = recall();
    const [number = NONE, unit = ''] = value === null ? [] : percent(value).split(' ');
    return { value: number, unit };
  };
  const recallNote = (): string => {
    const stats = live.latest();
    return stats && recall() !== null
      ? text.overview.recallNote(count(samples(stats)))
      : text.overview.recallNone;
  };
  return (
    <Tiles>
      <FigureTile
        label={text.overview.searches}
        figure={rate(live.latest()?.searches_per_s)}
        spark={tail('searches_per_s')}
      />
      <FigureTile
        label={text.overview.gets}
        figure={rate(live.latest()?.gets_per_s)}
        spark={tail('gets_per_s')}
      />
      <FigureTile
        label={text.overview.writes}
        figure={rate(live.latest()?.upserts_per_s)}
        spark={tail('upserts_per_s')}
      />
      <Show when={events() !== null}>
        <FigureTile
          label={text.overview.events}
          figure={rate(events() ?? undefined)}
          spark={tail('events_per_s')}
        />
      </Show>
      <FigureTile
        label={text.overview.p99}
        figure={time(p99('search'))}
        tone={(p99('search') ?? 0) > SLOW_US ? 'warn' : undefined}
        spark={tail('search_p99_us')}
      />
      <FigureTile
        label={text.overview.freshness}
        figure={time(freshness())}
        note={freshnessNote()}
        spark={tail(eventFreshness() === null ? 'write_p99_us' : 'event_p99_us')}
      />
      <FigureTile
        label={text.overview.recall}
        figure={recallFigure()}
        note={recallNote()}
        tone={(recall() ?? 1) < RECALL_LEAST ? 'warn' : undefined}
        spark={tail('recall_mean')}
      />
    </Tiles>
  );
}
