import { For, Match, Show, Switch, type JSX } from 'solid-js';
import type { TableInfo } from '../../api/types';
import type { FilterWords } from '../../lib/filterText';
import { EFFORT_DEFAULTS, fieldOf, type By, type SearchForm } from '../../lib/form';
import { parseVector, type EffortKind } from '../../lib/query';
import { Button, Choices, Field, Input, inputClass, Select } from '../../parts/Controls';
import { FilterInput } from '../../parts/FilterInput';
import { Panel } from '../../parts/Panel';
import { text } from '../../text';
import styles from './SearchFormPanel.module.css';

export type Wrong = Partial<Record<keyof SearchForm, string>>;

interface FormProps {
  form: SearchForm;
  tables: TableInfo[];
  words: FilterWords;
  wrong: Wrong;
  isBusy: boolean;
  onChange: (change: Partial<SearchForm>) => void;
  onRandom: () => void;
  onSubmit: () => void;
}

const BYS = Object.entries(text.search.bys) as [By, string][];
const EFFORTS = Object.entries(text.search.efforts) as [EffortKind, string][];

/** What to search, near what, and how hard. */
export function SearchFormPanel(props: FormProps): JSX.Element {
  const table = (): TableInfo | undefined => props.tables.find((one) => one.name === props.form.table);
  const searchable = (): string[] =>
    props.tables.filter((one) => Object.keys(one.vectors).length > 0).map((one) => one.name);
  const efforts = (): [EffortKind, string][] => {
    const kind = table()?.vectors[fieldOf(table(), props.form.field)]?.index.kind ?? 'hnsw';
    const unfit = kind.startsWith('ivf') ? 'ef' : 'nprobe';
    return EFFORTS.filter(([effort]) => effort !== unfit);
  };
  return (
    <Panel title={text.search.request}>
      <form
        class={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) props.onSubmit();
        }}
      >
        <div class={styles['line']}>
          <Field label={text.search.table}>
            {(ids) => (
              <Select
                {...ids}
                data-first
                options={searchable()}
                value={props.form.table}
                onChange={(event) => props.onChange({ table: event.currentTarget.value, field: '', id: '' })}
              />
            )}
          </Field>
          <Field label={text.search.field}>
            {(ids) => (
              <Select
                {...ids}
                options={Object.keys(table()?.vectors ?? {})}
                value={fieldOf(table(), props.form.field)}
                onChange={(event) => props.onChange({ field: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <Choices
          label={text.search.by}
          options={BYS}
          value={props.form.by}
          onChange={(by) => props.onChange({ by })}
        />
        <Target {...props} table={table()} tableNames={searchable()} />
        <Field label={text.search.filter} hint={text.rows.filterHint} error={props.wrong.filter}>
          {(ids) => (
            <FilterInput
              id={ids.id}
              describedBy={ids['aria-describedby']}
              invalid={ids['aria-invalid']}
              value={props.form.filter}
              words={props.words}
              placeholder={text.rows.filterPlaceholder}
              onInput={(filter) => props.onChange({ filter })}
            />
          )}
        </Field>
        <Show when={table()?.partition_by}>
          <Field label={`${text.search.partition}: ${table()?.partition_by ?? ''}`}>
            {(ids) => (
              <Input
                {...ids}
                value={props.form.partition}
                onInput={(event) => props.onChange({ partition: event.currentTarget.value })}
              />
            )}
          </Field>
        </Show>
        <div class={styles['line']}>
          <Field label={text.search.k} error={props.wrong.k}>
            {(ids) => (
              <Input
                {...ids}
                inputmode="numeric"
                value={props.form.k}
                onInput={(event) => props.onChange({ k: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label={text.search.effort} error={props.wrong.value}>
            {(ids) => (
              <div class={styles['withButton']}>
                <Select
                  aria-label={text.search.effort}
                  options={efforts()}
                  value={props.form.effort}
                  onChange={(event) => {
                    const effort = event.currentTarget.value as EffortKind;
                    props.onChange({ effort, value: EFFORT_DEFAULTS[effort] });
                  }}
                />
                <Input
                  {...ids}
                  inputmode="decimal"
                  value={props.form.value}
                  onInput={(event) => props.onChange({ value: event.currentTarget.value })}
                />
              </div>
            )}
          </Field>
        </div>
        <div class={styles['foot']}>
          <Button type="submit" look="main" disabled={props.isBusy || !table()}>
            {props.isBusy ? text.search.running : text.search.run}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Target(props: FormProps & { table: TableInfo | undefined; tableNames: string[] }): JSX.Element {
  const dimension = (): number =>
    props.table?.vectors[fieldOf(props.table, props.form.field)]?.dimension ?? 0;
  const vectorHint = (): string => {
    const parsed = parseVector(props.form.vector);
    return 'vector' in parsed
      ? text.search.vectorCount(parsed.vector.length, dimension())
      : text.search.vectorHint(dimension());
  };
  const other = (): TableInfo | undefined => props.tables.find((one) => one.name === props.form.from);
  return (
    <Switch>
      <Match when={props.form.by === 'id'}>
        <Field label={text.search.id} hint={text.search.idHint} error={props.wrong.id}>
          {(ids) => (
            <div class={styles['withButton']}>
              <Input
                {...ids}
                value={props.form.id}
                onInput={(event) => props.onChange({ id: event.currentTarget.value })}
              />
              <Button onClick={() => props.onRandom()}>{text.search.random}</Button>
            </div>
          )}
        </Field>
      </Match>
      <Match when={props.form.by === 'vector'}>
        <Field label={text.search.vector} hint={vectorHint()} error={props.wrong.vector}>
          {(ids) => (
            <textarea
              {...ids}
              class={`${inputClass} ${styles['vector'] ?? ''}`}
              spellcheck={false}
              value={props.form.vector}
              onInput={(event) => props.onChange({ vector: event.currentTarget.value })}
            />
          )}
        </Field>
      </Match>
      <Match when={props.form.by === 'row'}>
        <div class={styles['query']}>
          <div class={styles['line']}>
            <Field label={text.search.otherTable}>
              {(ids) => (
                <select
                  {...ids}
                  class={inputClass}
                  value={props.form.from}
                  onChange={(event) => props.onChange({ from: event.currentTarget.value, fromField: '' })}
                >
                  <option value="" />
                  <For each={props.tableNames}>
                    {(name) => (
                      <option value={name} selected={name === props.form.from}>
                        {name}
                      </option>
                    )}
                  </For>
                </select>
              )}
            </Field>
            <Field label={text.search.otherField}>
              {(ids) => (
                <Select
                  {...ids}
                  options={Object.keys(other()?.vectors ?? {})}
                  value={fieldOf(other(), props.form.fromField)}
                  onChange={(event) => props.onChange({ fromField: event.currentTarget.value })}
                />
              )}
            </Field>
          </div>
          <Field label={text.search.otherId} error={props.wrong.id}>
            {(ids) => (
              <div class={styles['withButton']}>
                <Input
                  {...ids}
                  value={props.form.id}
                  onInput={(event) => props.onChange({ id: event.currentTarget.value })}
                />
                <Button onClick={() => props.onRandom()}>{text.search.random}</Button>
              </div>
            )}
          </Field>
        </div>
      </Match>
    </Switch>
  );
}
