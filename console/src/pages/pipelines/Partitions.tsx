import { Show, type JSX } from 'solid-js';
import type { Partition, PipelineInfo } from '../../api/pipelines';
import { clock, count, NONE } from '../../lib/format';
import { DataTable, type Column } from '../../parts/DataTable';
import { Panel } from '../../parts/Panel';
import { Empty } from '../../parts/States';
import { text } from '../../text';

const { partition: words } = text.pipelines;

const nameOf = ({ topic, partition }: Partition): string => `${topic} ${partition}`;

const COLUMNS: Column<Partition>[] = [
  { name: words.name, by: nameOf, cell: nameOf },
  {
    name: words.next,
    isNumber: true,
    by: (partition) => partition.next_offset,
    cell: (partition) => count(partition.next_offset),
  },
  {
    name: words.taken,
    isNumber: true,
    by: (partition) => partition.taken,
    cell: (partition) => count(partition.taken),
  },
  {
    name: words.lag,
    isNumber: true,
    by: (partition) => partition.lag,
    cell: (partition) => count(partition.lag),
  },
  {
    name: words.latest,
    isNumber: true,
    by: (partition) => partition.latest ?? '',
    cell: (partition) => (partition.latest === undefined ? NONE : clock(partition.latest)),
  },
];

/** How far each partition of the source is read. */
export function Partitions(props: { pipeline: PipelineInfo }): JSX.Element {
  const none = (): string =>
    props.pipeline.source === 'push' ? text.pipelines.noPartitions : text.pipelines.noPartitionsNow;
  return (
    <Panel title={text.pipelines.partitions} note={String(props.pipeline.partitions.length)} flush>
      <Show when={props.pipeline.partitions.length > 0} fallback={<Empty>{none()}</Empty>}>
        <DataTable
          label={text.pipelines.partitions}
          columns={COLUMNS}
          rows={props.pipeline.partitions}
          keyOf={nameOf}
          order={{ column: words.lag, down: true }}
        />
      </Show>
    </Panel>
  );
}
