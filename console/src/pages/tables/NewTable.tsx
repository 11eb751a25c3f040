import { createSignal, For, Show, type JSX } from 'solid-js';
import { createStore } from 'solid-js/store';
import { messageOf } from '../../api/http';
import { createTable } from '../../api/tables';
import { specOf, type Draft } from '../../lib/draft';
import { Button, Field, Input, Select } from '../../parts/Controls';
import { Dialog } from '../../parts/Dialog';
import { Icon } from '../../parts/Icon';
import { text } from '../../text';
import styles from './NewTable.module.css';

const METRICS = ['cosine', 'dot', 'l2'] as const;
const INDEXES = ['hnsw', 'flat', 'ivf_flat', 'ivf_pq', 'ivf_hnsw_pq'] as const;
const TYPES = ['string', 'int64', 'float64', 'bool', 'timestamp', 'string_list'] as const;

const FIRST: Draft = {
  name: '',
  key: 'string',
  vectors: [{ name: 'embedding', dimension: '128', metric: 'cosine', index: 'hnsw' }],
  fields: [{ name: 'city', type: 'string' }],
  partitionBy: '',
  ttl: '',
  durability: 'synced',
  shards: '1',
};

/** Asks for what a table needs, and creates it. */
export function NewTable(props: { onClose: () => void; onCreated: (name: string) => void }): JSX.Element {
  const [draft, setDraft] = createStore<Draft>(structuredClone(FIRST));
  const [error, setError] = createSignal<string>();
  const [isBusy, setBusy] = createSignal(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      props.onCreated((await createTable(specOf(draft))).name);
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={text.create.title} wide onClose={props.onClose}>
      <form class={styles['form']} onSubmit={(event) => void submit(event)}>
        <div class={styles['line']}>
          <Field label={text.create.name} hint={text.create.nameHint}>
            {(ids) => (
              <Input
                {...ids}
                required
                autofocus
                value={draft.name}
                onInput={(event) => setDraft('name', event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label={text.create.key}>
            {(ids) => (
              <Select
                {...ids}
                options={['string', 'uint64']}
                value={draft.key}
                onChange={(event) => setDraft('key', event.currentTarget.value as Draft['key'])}
              />
            )}
          </Field>
        </div>
        <Rows
          title={text.create.vectors}
          rows={draft.vectors}
          onAdd={() =>
            setDraft('vectors', draft.vectors.length, {
              name: '',
              dimension: '128',
              metric: 'cosine',
              index: 'hnsw',
            })
          }
          onRemove={(i) => setDraft('vectors', (all) => all.filter((_, at) => at !== i))}
        >
          {(vector, i) => (
            <>
              <Cell
                label={text.create.vectorName}
                value={vector.name}
                onInput={(value) => setDraft('vectors', i, 'name', value)}
              />
              <Cell
                label={text.create.dimension}
                value={vector.dimension}
                onInput={(value) => setDraft('vectors', i, 'dimension', value)}
              />
              <Select
                aria-label={text.create.metric}
                options={METRICS}
                value={vector.metric}
                onChange={(event) => setDraft('vectors', i, 'metric', event.currentTarget.value)}
              />
              <Select
                aria-label={text.create.index}
                options={INDEXES}
                value={vector.index}
                onChange={(event) => setDraft('vectors', i, 'index', event.currentTarget.value)}
              />
            </>
          )}
        </Rows>
        <Rows
          title={text.create.fields}
          rows={draft.fields}
          onAdd={() => setDraft('fields', draft.fields.length, { name: '', type: 'string' })}
          onRemove={(i) => setDraft('fields', (all) => all.filter((_, at) => at !== i))}
        >
          {(field, i) => (
            <>
              <Cell
                label={text.create.fieldName}
                value={field.name}
                onInput={(value) => setDraft('fields', i, 'name', value)}
              />
              <Select
                aria-label={text.create.type}
                options={TYPES}
                value={field.type}
                onChange={(event) => setDraft('fields', i, 'type', event.currentTarget.value)}
              />
            </>
          )}
        </Rows>
        <More draft={draft} onChange={(name, value) => setDraft(name, value)} />
        <details>
          <summary>{text.create.request}</summary>
          <pre class={styles['request']}>POST /v1/tables {JSON.stringify(specOf(draft), null, 2)}</pre>
        </details>
        <Show when={error()}>
          <p class={styles['error']} role="alert">
            {error()}
          </p>
        </Show>
        <div class={styles['foot']}>
          <Button onClick={() => props.onClose()}>{text.states.cancel}</Button>
          <Button type="submit" look="main" disabled={isBusy()}>
            {text.create.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Cell(props: { label: string; value: string; onInput: (value: string) => void }): JSX.Element {
  return (
    <Input
      required
      aria-label={props.label}
      placeholder={props.label}
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  );
}

function Rows<T>(props: {
  title: string;
  rows: T[];
  onAdd: () => void;
  onRemove: (index: number) => void;
  children: (row: T, index: number) => JSX.Element;
}): JSX.Element {
  return (
    <fieldset class={styles['rows']}>
      <legend>{props.title}</legend>
      <For each={props.rows}>
        {(row, i) => (
          <div class={styles['row']}>
            {props.children(row, i())}
            <Button look="plain" square label={text.create.remove} onClick={() => props.onRemove(i())}>
              <Icon name="close" />
            </Button>
          </div>
        )}
      </For>
      <Button look="plain" onClick={() => props.onAdd()}>
        <Icon name="plus" size={16} /> {text.create.add}
      </Button>
    </fieldset>
  );
}

type Plain = 'partitionBy' | 'ttl' | 'shards' | 'durability';

function More(props: { draft: Draft; onChange: (name: Plain, value: string) => void }): JSX.Element {
  const partitions = (): [string, string][] => [
    ['', text.create.noPartition],
    ...props.draft.fields
      .filter((field) => field.type === 'string' && field.name)
      .map((field): [string, string] => [field.name, field.name]),
  ];
  return (
    <div class={styles['line']}>
      <Field label={text.create.partition}>
        {(ids) => (
          <Select
            {...ids}
            options={partitions()}
            value={props.draft.partitionBy}
            onChange={(event) => props.onChange('partitionBy', event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={text.create.ttl} hint={text.create.ttlHint}>
        {(ids) => (
          <Input
            {...ids}
            value={props.draft.ttl}
            onInput={(event) => props.onChange('ttl', event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={text.create.durability}>
        {(ids) => (
          <Select
            {...ids}
            options={Object.entries(text.create.durabilities)}
            value={props.draft.durability}
            onChange={(event) => props.onChange('durability', event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={text.create.shards}>
        {(ids) => (
          <Input
            {...ids}
            inputmode="numeric"
            value={props.draft.shards}
            onInput={(event) => props.onChange('shards', event.currentTarget.value)}
          />
        )}
      </Field>
    </div>
  );
}
