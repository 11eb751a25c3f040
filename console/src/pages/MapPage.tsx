import { useSearchParams } from '@solidjs/router';
import { createEffect, createSignal, on, onCleanup, Show, type JSX } from 'solid-js';
import { ask } from '../api/ask';
import { messageOf } from '../api/http';
import { getDistribution, getMap, type Distribution, type VectorMap } from '../api/survey';
import { listTables } from '../api/tables';
import type { TableInfo } from '../api/types';
import { fieldOf } from '../lib/form';
import { Choices, Field, Select } from '../parts/Controls';
import { Page } from '../parts/Grid';
import { Panel } from '../parts/Panel';
import { Awaited, Empty, Failed, Loading } from '../parts/States';
import { text } from '../text';
import { MapView } from './map/MapView';
import styles from './MapPage.module.css';

const SAMPLES = ['500', '1000', '1500', '2000', '3000'];
const SAMPLE = '1500';
const WORDS_SAMPLE = 500;
const LAYOUTS = Object.entries(text.map.layouts);

/** A table's vectors on a plane. */
export function MapPage(): JSX.Element {
  const tables = ask(listTables);
  const searchable = (list: TableInfo[]): TableInfo[] =>
    list.filter((one) => Object.keys(one.vectors).length > 0);
  return (
    <Page title={text.map.title} name={text.map.title}>
      <Awaited value={tables.value()} error={tables.error()} lines={8} onRetry={() => void tables.ask()}>
        {(list) => (
          <Show when={searchable(list()).length > 0} fallback={<Empty>{text.search.noTables}</Empty>}>
            <Maps tables={searchable(list())} />
          </Show>
        )}
      </Awaited>
    </Page>
  );
}

/** The first text field with few values is worth a look; else nothing. */
function colourByDefault(sample: Distribution | undefined): string {
  const profiles = Object.entries({ ...sample?.fields, ...sample?.metadata });
  return profiles.find(([, profile]) => profile.distinct >= 2 && profile.distinct <= 24)?.[0] ?? '';
}

function Maps(props: { tables: TableInfo[] }): JSX.Element {
  const [parameters, setParameters] = useSearchParams<{
    table?: string;
    field?: string;
    colour?: string;
    layout?: string;
    sample?: string;
  }>();
  const [map, setMap] = createSignal<VectorMap>();
  const [failure, setFailure] = createSignal<string>();
  const [sample, setSample] = createSignal<Distribution>();
  const [round, setRound] = createSignal(0);
  const table = (): TableInfo | undefined =>
    props.tables.find((one) => one.name === parameters.table) ?? props.tables[0];
  const field = (): string => fieldOf(table(), parameters.field ?? '');
  const colour = (): string => parameters.colour ?? colourByDefault(sample());
  const layout = (): string => parameters.layout ?? 'neighbours';
  const rows = (): string =>
    SAMPLES.includes(parameters.sample ?? '') ? (parameters.sample ?? SAMPLE) : SAMPLE;

  createEffect(
    on(
      () => table()?.name ?? '',
      (name) => {
        setSample(undefined);
        setMap(undefined);
        getDistribution(name, WORDS_SAMPLE)
          .then(setSample)
          .catch((thrown: unknown) => setFailure(messageOf(thrown)));
      },
    ),
  );
  createEffect(
    on([() => table()?.name, field, colour, rows, sample, round], ([name, of, by, size, known]) => {
      if (name === undefined || known === undefined) return;
      const asking = new AbortController();
      onCleanup(() => asking.abort());
      setFailure(undefined);
      getMap({ table: name, field: of, sample: Number(size), colour: by }, asking.signal)
        .then(setMap)
        .catch((thrown: unknown) => {
          if (!asking.signal.aborted) setFailure(messageOf(thrown));
        });
    }),
  );

  const colours = (): [string, string][] => [
    ['', text.map.noColour],
    ...Object.keys({ ...table()?.fields, ...sample()?.metadata }).map((name): [string, string] => [
      name,
      name,
    ]),
  ];
  const controls = (): JSX.Element => (
    <Panel title={text.map.title}>
      <div class={styles['controls']}>
        <Field label={text.map.table}>
          {(ids) => (
            <Select
              {...ids}
              data-first
              options={props.tables.map((one) => one.name)}
              value={table()?.name}
              onChange={(event) =>
                setParameters({ table: event.currentTarget.value, field: undefined, colour: undefined })
              }
            />
          )}
        </Field>
        <Field label={text.map.field}>
          {(ids) => (
            <Select
              {...ids}
              options={Object.keys(table()?.vectors ?? {})}
              value={field()}
              onChange={(event) => setParameters({ field: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={text.map.colour}>
          {(ids) => (
            <Select
              {...ids}
              options={colours()}
              value={colour()}
              onChange={(event) => setParameters({ colour: event.currentTarget.value }, { replace: true })}
            />
          )}
        </Field>
        <Field label={text.map.sample}>
          {(ids) => (
            <Select
              {...ids}
              options={SAMPLES}
              value={rows()}
              onChange={(event) => setParameters({ sample: event.currentTarget.value }, { replace: true })}
            />
          )}
        </Field>
        <Choices
          label={text.map.layout}
          options={LAYOUTS as [string, string][]}
          value={layout()}
          onChange={(value) => setParameters({ layout: value }, { replace: true })}
        />
      </div>
    </Panel>
  );

  return (
    <Show
      when={failure()}
      fallback={
        <Show when={map()} fallback={<Waiting controls={controls()} />}>
          {(some) => (
            <MapView table={table()?.name ?? ''} map={some()} layout={layout()} controls={controls()} />
          )}
        </Show>
      }
    >
      {(message) => <Failed message={message()} onRetry={() => setRound((count) => count + 1)} />}
    </Show>
  );
}

function Waiting(props: { controls: JSX.Element }): JSX.Element {
  return (
    <div class={styles['layout']}>
      <Panel title={text.map.title} note={text.map.drawing}>
        <Loading lines={14} />
      </Panel>
      <div class={styles['side']}>{props.controls}</div>
    </div>
  );
}
