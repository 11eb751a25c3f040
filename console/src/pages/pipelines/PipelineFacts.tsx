import type { JSX } from 'solid-js';
import type { PipelineInfo } from '../../api/pipelines';
import { clock, count } from '../../lib/format';
import { Facts } from '../../parts/Facts';
import { Panel } from '../../parts/Panel';
import { text } from '../../text';

/** What became of a pipeline's events, and where they come from and go to. */
export function PipelineFacts(props: { pipeline: PipelineInfo }): JSX.Element {
  const { facts } = text.pipelines;
  return (
    <Panel title={facts.title}>
      <Facts
        facts={[
          [facts.source, props.pipeline.source],
          [facts.table, <TableLink name={props.pipeline.table} />],
          [facts.received, count(props.pipeline.counts.received)],
          [facts.applied, count(props.pipeline.counts.applied)],
          [facts.repeated, count(props.pipeline.counts.repeated)],
          [facts.stale, count(props.pipeline.counts.stale)],
          [facts.advanced, count(props.pipeline.counts.advanced)],
          [facts.retries, count(props.pipeline.retries)],
          [
            facts.watermark,
            props.pipeline.watermark === undefined ? facts.watermarkNone : clock(props.pipeline.watermark),
          ],
          [facts.generation, count(props.pipeline.generation)],
          [facts.letters, props.pipeline.dead_letters ?? facts.lettersNone],
        ]}
      />
    </Panel>
  );
}

const TableLink = (props: { name: string }): JSX.Element => (
  <a href={`/console/tables/${encodeURIComponent(props.name)}`}>{props.name}</a>
);
