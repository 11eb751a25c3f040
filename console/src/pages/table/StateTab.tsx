import { For, Show, type JSX } from 'solid-js';
import type { IndexInfo, Recall, Stats, TableInfo } from '../../api/types';
import type { Task } from '../../api/tasks';
import { bytes, clock, count, percent } from '../../lib/format';
import { tuningOf } from '../../lib/tuning';
import { Pill } from '../../parts/Controls';
import { Curves } from '../../parts/Curves';
import { Meter } from '../../parts/DataTable';
import { Facts } from '../../parts/Facts';
import { Halves } from '../../parts/Grid';
import { Keyed } from '../../parts/Keyed';
import { Panel } from '../../parts/Panel';
import { ShareBar } from '../../parts/ShareBar';
import { TaskRow } from '../../parts/TaskRow';
import { text } from '../../text';
import styles from './StateTab.module.css';

const COLOURS = ['--series-1', '--series-5', '--series-3', '--series-2', '--series-6', '--series-8'];

/** What a table is made of, and what is under way in it. */
export function StateTab(props: { table: TableInfo; stats: Stats | undefined; tasks: Task[] }): JSX.Element {
  return (
    <>
      <Halves>
        <Schema table={props.table} />
        <Indexes table={props.table} />
      </Halves>
      <Halves>
        <Delta table={props.table} tasks={props.tasks} />
        <Storage table={props.table} stats={props.stats} />
      </Halves>
    </>
  );
}

function Schema(props: { table: TableInfo }): JSX.Element {
  const fields = (): [string, JSX.Element][] => [
    ...Object.entries(props.table.vectors).map(([name, vector]): [string, JSX.Element] => [
      name,
      `vector of ${count(vector.dimension)}, ${vector.metric}, ${vector.index.kind}`,
    ]),
    ...Object.entries(props.table.fields).map(([name, field]): [string, JSX.Element] => [name, field.type]),
  ];
  const rest = (): [string, JSX.Element][] => [
    [text.table.partition, props.table.partition_by ?? text.none],
    [text.table.ttl, props.table.ttl ?? text.table.forEver],
    [text.table.durability, props.table.durability],
    [text.table.shards, String(props.table.shards)],
    [text.table.created, props.table.created_at.slice(0, 19).replace('T', ' ')],
    [
      text.table.version,
      props.table.versions.map((version) => `${version.name} (${version.state})`).join(', '),
    ],
  ];
  return (
    <Panel title={text.table.schema}>
      <Facts facts={[[text.table.key, props.table.key], ...fields(), ...rest()]} />
    </Panel>
  );
}

function Indexes(props: { table: TableInfo }): JSX.Element {
  return (
    <Panel title={text.table.indexes}>
      <Show
        when={Object.keys(props.table.indexes).length > 0}
        fallback={<p class="soft">{text.table.noIndexes}</p>}
      >
        <For each={Object.entries(props.table.indexes)}>
          {([field, index]) => <Index field={field} index={index} recall={props.table.recall[field]} />}
        </For>
      </Show>
    </Panel>
  );
}

function Index(props: { field: string; index: IndexInfo; recall: Recall | undefined }): JSX.Element {
  const measured = (): ReturnType<typeof tuningOf> => tuningOf(props.index.parameters);
  const facts = (): [string, JSX.Element][] => [
    [
      `${props.field}: ${props.index.kind}`,
      <Pill tone={props.index.state === 'ready' ? 'good' : 'accent'} dot>
        {props.index.state}
      </Pill>,
    ],
    [text.table.indexed, count(props.index.indexed)],
    [text.table.pending, count(props.index.pending)],
    [
      text.table.recall,
      props.recall?.samples
        ? text.table.recallOf(percent(props.recall.mean), count(props.recall.samples))
        : text.table.noRecall,
    ],
    ...measured().others,
  ];
  return (
    <>
      <Facts facts={facts()} />
      <Show when={measured().tuning}>
        {(tuning) => (
          <>
            <p class={styles['note']}>{text.table.tuned(tuning().by)}</p>
            <Curves
              label={text.table.tuned(tuning().by)}
              curves={tuning().curves.map(({ k, points }) => ({
                label: text.table.tunedFor(count(k)),
                points,
              }))}
            />
          </>
        )}
      </Show>
    </>
  );
}

function Delta(props: { table: TableInfo; tasks: Task[] }): JSX.Element {
  const share = (): number => props.table.delta.rows / Math.max(1, props.table.delta.rows_max);
  const label = (): string =>
    text.tables.deltaOf(count(props.table.delta.rows), count(props.table.delta.rows_max));
  const folds = (): Task[] =>
    props.tasks.filter((task) => task.table === props.table.name && task.state === 'running');
  return (
    <Panel title={text.table.delta} note={label()}>
      <Meter share={share()} label={label()} />
      <Facts
        facts={[
          [text.table.deltaRows, count(props.table.delta.rows)],
          [text.table.hidden, count(props.table.delta.hidden)],
          [text.table.position, count(props.table.applied_position)],
          [text.table.checkpoint, count(props.table.checkpoint_position)],
        ]}
      />
      <Show when={folds().length > 0} fallback={<p class={styles['note']}>{text.table.noFold}</p>}>
        <Keyed each={folds()} by={(task) => task.id}>
          {(task) => <TaskRow task={task()} now={Date.now()} clock={clock} />}
        </Keyed>
      </Show>
    </Panel>
  );
}

function Storage(props: { table: TableInfo; stats: Stats | undefined }): JSX.Element {
  const shares = (): { label: string; value: number; colour: string }[] =>
    Object.entries(text.table.bytes).map(([name, label], i) => ({
      label,
      value: props.table.bytes[name as keyof TableInfo['bytes']],
      colour: COLOURS[i] ?? '--series-rest',
    }));
  const memory = (): [string, JSX.Element][] =>
    Object.entries(props.stats?.memory.tables[props.table.name] ?? {})
      .filter(([, value]) => value > 0)
      .map(([name, value]) => [text.overview.parts[name] ?? name, bytes(value)]);
  return (
    <Panel title={text.table.storage} note={bytes(props.table.bytes.total)}>
      <ShareBar label={text.table.storage} shares={shares()} whole={props.table.bytes.total} format={bytes} />
      <Show when={memory().length > 0}>
        <h3 class={styles['head']}>{text.table.memory}</h3>
        <Facts facts={memory()} />
      </Show>
    </Panel>
  );
}
