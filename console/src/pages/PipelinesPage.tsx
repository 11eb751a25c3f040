import { useNavigate } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { useLive } from '../api/live';
import type { PipelineSummary } from '../api/types';
import { count, micros, NONE, short } from '../lib/format';
import { pipelineHealthOf, pipelinePath } from '../lib/pipelines';
import { Pill } from '../parts/Controls';
import { DataTable, type Column } from '../parts/DataTable';
import { Page } from '../parts/Grid';
import { Panel } from '../parts/Panel';
import { Awaited, Empty } from '../parts/States';
import { text } from '../text';
import { LEVEL_TONES } from './pipelines/levels';

const { columns: words } = text.pipelines;

const COLUMNS: Column<PipelineSummary>[] = [
  {
    name: words.name,
    by: (pipeline) => pipeline.name,
    cell: (pipeline) => <a href={pipelinePath(pipeline.name)}>{pipeline.name}</a>,
  },
  {
    name: words.state,
    by: (pipeline) => pipeline.state,
    cell: (pipeline) => (
      <span title={pipeline.reason}>
        <Pill tone={LEVEL_TONES[pipelineHealthOf(pipeline).level]} dot>
          {text.pipelines.states[pipeline.state]}
        </Pill>
      </span>
    ),
  },
  {
    name: words.way,
    by: (pipeline) => pipeline.source,
    cell: (pipeline) => (
      <>
        {pipeline.source} <span class="faint">→</span> {pipeline.table}
      </>
    ),
  },
  {
    name: words.rate,
    isNumber: true,
    by: (pipeline) => pipeline.applied_per_s,
    cell: (pipeline) => short(pipeline.applied_per_s),
  },
  {
    name: words.lag,
    isNumber: true,
    by: (pipeline) => pipeline.lag,
    cell: (pipeline) => count(pipeline.lag),
  },
  {
    name: words.searchable,
    isNumber: true,
    by: (pipeline) => (pipeline.searchable_after.samples > 0 ? pipeline.searchable_after.p99_us : -1),
    cell: (pipeline) =>
      pipeline.searchable_after.samples > 0 ? micros(pipeline.searchable_after.p99_us) : NONE,
  },
  {
    name: words.retries,
    isNumber: true,
    by: (pipeline) => pipeline.retries,
    cell: (pipeline) => count(pipeline.retries),
  },
  {
    name: words.letters,
    isNumber: true,
    by: (pipeline) => pipeline.dead_lettered,
    cell: (pipeline) => count(pipeline.dead_lettered),
  },
];

/** Every pipeline, with how it is and how much goes through it. */
export function PipelinesPage(): JSX.Element {
  const live = useLive();
  const navigate = useNavigate();
  return (
    <Page title={text.pipelines.title} name={text.pipelines.title}>
      <Panel title={text.pipelines.title} note={String(live.latest()?.pipelines.length ?? '')} flush>
        <Awaited
          value={live.latest()?.pipelines}
          error={live.connection() === 'lost' ? text.connection.lostLong : undefined}
        >
          {(list) => (
            <Show when={list().length > 0} fallback={<Empty>{text.pipelines.none}</Empty>}>
              <DataTable
                label={text.pipelines.title}
                columns={COLUMNS}
                rows={list()}
                keyOf={(pipeline) => pipeline.name}
                order={{ column: words.name, down: false }}
                onOpen={(pipeline) => navigate(pipelinePath(pipeline.name))}
              />
            </Show>
          )}
        </Awaited>
      </Panel>
    </Page>
  );
}
