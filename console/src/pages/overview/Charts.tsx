import { createMemo, type JSX } from 'solid-js';
import { useLive } from '../../api/live';
import { micros, short } from '../../lib/format';
import type { Column } from '../../lib/history';
import { Halves } from '../../parts/Grid';
import { Panel } from '../../parts/Panel';
import { TimeChart, type Series } from '../../parts/TimeChart';
import { text } from '../../text';

const SECONDS_MOST = 15 * 60;
const SECONDS_LEAST = 120;

/** Rates and latencies of the last quarter of an hour. */
export function Charts(): JSX.Element {
  const live = useLive();
  /** As much as there is, so that a young server's lines fill the chart. */
  const seconds = (): number => {
    void live.ticks();
    const { times } = live.history;
    const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
    return Math.min(SECONDS_MOST, Math.max(SECONDS_LEAST, span));
  };
  const line = (label: string, colour: string, column: Column, isDashed = false): Series => ({
    label,
    colour,
    isDashed,
    values: () => live.history.get(column),
  });
  const hasEvents = createMemo(() => (live.latest()?.pipelines.length ?? 0) > 0);
  const rates = createMemo(() => [
    line(text.overview.searches, '--series-1', 'searches_per_s'),
    line(text.overview.gets, '--series-5', 'gets_per_s'),
    line(text.overview.writes, '--series-2', 'upserts_per_s'),
    ...(hasEvents() ? [line(text.overview.events, '--series-3', 'events_per_s')] : []),
    line(text.overview.errors, '--series-4', 'errors_per_s'),
  ]);
  const latencies = createMemo(() => [
    line(text.overview.lines.search_p50, '--series-1', 'search_p50_us', true),
    line(text.overview.lines.search_p99, '--series-1', 'search_p99_us'),
    line(text.overview.lines.write_p99, '--series-2', 'write_p99_us'),
    line(text.overview.lines.get_p99, '--series-5', 'get_p99_us'),
    ...(hasEvents() ? [line(text.overview.lines.event_p99, '--series-3', 'event_p99_us')] : []),
  ]);
  return (
    <Halves>
      <Panel title={text.overview.rates} note={text.overview.ratesNote}>
        <TimeChart
          label={`${text.overview.rates}, ${text.overview.ratesNote}`}
          tick={live.ticks()}
          times={live.history.times}
          seconds={seconds()}
          format={short}
          series={rates()}
        />
      </Panel>
      <Panel title={text.overview.latency} note={text.overview.latencyNote}>
        <TimeChart
          label={`${text.overview.latency}, ${text.overview.latencyNote}`}
          tick={live.ticks()}
          times={live.history.times}
          seconds={seconds()}
          format={micros}
          scale="logarithmic"
          series={latencies()}
        />
      </Panel>
    </Halves>
  );
}
