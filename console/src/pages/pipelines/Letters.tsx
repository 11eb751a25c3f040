import { useSearchParams } from '@solidjs/router';
import { createSignal, Show, type JSX } from 'solid-js';
import { ask } from '../../api/ask';
import { listDeadLetters, type DeadLetter, type PipelineInfo } from '../../api/pipelines';
import { clock, count } from '../../lib/format';
import { Button, Field, Select } from '../../parts/Controls';
import { DataTable, type Column } from '../../parts/DataTable';
import { Panel } from '../../parts/Panel';
import { Awaited, Empty } from '../../parts/States';
import { text } from '../../text';
import { LetterDialog } from './LetterDialog';
import styles from './Letters.module.css';

const MOST = 200;

const { letters: words } = text.pipelines;

/** A letter with where it stands: two may tell of the same event. */
type Numbered = DeadLetter & { number: number };

/** The events that a pipeline put aside, the newest first. */
export function Letters(props: { pipeline: PipelineInfo }): JSX.Element {
  return (
    <Show
      when={props.pipeline.dead_letters !== undefined}
      fallback={
        <Panel title={text.pipelines.tabs.letters}>
          <Empty>{words.notKept}</Empty>
        </Panel>
      }
    >
      <KeptLetters pipeline={props.pipeline} />
    </Show>
  );
}

function KeptLetters(props: { pipeline: PipelineInfo }): JSX.Element {
  const [search, setSearch] = useSearchParams<{ step?: string; code?: string }>();
  const [opened, setOpened] = createSignal<DeadLetter>();
  const [known, setKnown] = createSignal(0);
  const letters = ask(async () => {
    setKnown(props.pipeline.dead_lettered);
    const all = await listDeadLetters(props.pipeline.name, MOST);
    return all.map((letter, number): Numbered => ({ ...letter, number }));
  });
  const newer = (): number => props.pipeline.dead_lettered - known();
  const chosen = (): Numbered[] =>
    (letters.value() ?? []).filter(
      (letter) =>
        (!search.step || letter.step === search.step) && (!search.code || letter.code === search.code),
    );
  const among = (of: 'step' | 'code', any: string): [string, string][] => {
    const there = new Set((letters.value() ?? []).map((letter) => letter[of]));
    const now = search[of];
    if (now) there.add(now);
    return [['', any], ...[...there].sort().map((one): [string, string] => [one, one])];
  };
  return (
    <Panel
      title={text.pipelines.tabs.letters}
      note={letters.value() && words.newest(count(letters.value()?.length ?? 0))}
      side={
        <>
          <Show when={newer() > 0}>
            <span class="small soft">{words.changed(count(newer()))}</span>
          </Show>
          <Button onClick={() => void letters.ask()}>{words.refresh}</Button>
        </>
      }
      flush
    >
      <div class={styles['choices']}>
        <Chosen
          label={words.step}
          options={among('step', words.anyStep)}
          value={search.step ?? ''}
          onChange={(step) => setSearch({ step: step || undefined })}
        />
        <Chosen
          label={words.code}
          options={among('code', words.anyCode)}
          value={search.code ?? ''}
          onChange={(code) => setSearch({ code: code || undefined })}
        />
      </div>
      <Awaited value={letters.value()} error={letters.error()} lines={8} onRetry={() => void letters.ask()}>
        {(all) => (
          <Show
            when={chosen().length > 0}
            fallback={<Empty>{all().length === 0 ? words.none : words.noMatch}</Empty>}
          >
            <DataTable
              label={text.pipelines.tabs.letters}
              columns={columnsOf(setOpened)}
              rows={chosen()}
              keyOf={(letter) => String(letter.number)}
              onOpen={setOpened}
            />
          </Show>
        )}
      </Awaited>
      <Show when={opened()}>
        {(letter) => <LetterDialog letter={letter()} onClose={() => setOpened(undefined)} />}
      </Show>
    </Panel>
  );
}

function columnsOf(open: (letter: DeadLetter) => void): Column<Numbered>[] {
  return [
    {
      name: words.at,
      cell: (letter) => (
        <button type="button" class={styles['open']} onClick={() => open(letter)}>
          {clock(letter.at)}
        </button>
      ),
    },
    { name: words.step, cell: (letter) => letter.step },
    { name: words.code, cell: (letter) => <code>{letter.code}</code> },
    { name: words.why, cell: (letter) => <span class={styles['why']}>{letter.message}</span> },
    { name: words.where, cell: (letter) => positionOf(letter) },
  ];
}

const positionOf = (letter: DeadLetter): string =>
  words.position(letter.topic, letter.partition, count(letter.offset));

function Chosen(props: {
  label: string;
  options: [string, string][];
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <Field label={props.label}>
      {(ids) => (
        <Select
          {...ids}
          options={props.options}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
