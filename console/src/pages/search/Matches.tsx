import { createSignal, For, Show, type JSX } from 'solid-js';
import type { Match, SearchAnswer } from '../../api/types';
import { count, micros, percent } from '../../lib/format';
import { overlap } from '../../lib/query';
import { shownValue } from '../../lib/words';
import { Pill, type Tone } from '../../parts/Controls';
import { Panel } from '../../parts/Panel';
import { Empty } from '../../parts/States';
import { text } from '../../text';
import styles from './Matches.module.css';

const WHOLE = 0.95;
const FIELDS_MOST = 4;

/** What a search found beside what an exact one finds. */
export function Matches(props: { found: SearchAnswer; exact: SearchAnswer | undefined }): JSX.Element {
  const [lit, setLit] = createSignal<string>();
  const common = (): ReturnType<typeof overlap> | undefined =>
    props.exact && overlap(props.found.matches, props.exact.matches);
  const times = (): number => (props.exact?.stats.took_us ?? 0) / Math.max(1, props.found.stats.took_us);
  const tone = (): Tone => ((common()?.recall ?? 1) >= WHOLE ? 'good' : 'warn');
  return (
    <Panel title={text.search.title} note={props.found.stats.version} flush>
      <Show when={common()}>
        {(some) => (
          <div class={`${styles['verdict']} num`}>
            <Pill tone={tone()} dot>
              {percent(some().recall)}
            </Pill>
            <span>
              {text.search.overlap(
                some().common.size,
                props.exact?.matches.length ?? 0,
                percent(some().recall),
              )}
            </span>
            <span class="soft">
              {times() > 1.2 ? text.search.faster(times().toFixed(1)) : text.search.slower}
            </span>
          </div>
        )}
      </Show>
      <div class={styles['columns']}>
        <Column
          title={text.search.approximate}
          answer={props.found}
          lit={lit()}
          onLight={setLit}
          missed={() => false}
        />
        <Show when={props.exact}>
          {(exact) => (
            <Column
              title={text.search.exact}
              answer={exact()}
              lit={lit()}
              onLight={setLit}
              missed={(id) => !(common()?.common.has(id) ?? true)}
            />
          )}
        </Show>
      </div>
    </Panel>
  );
}

function fieldsOf(match: Match): string {
  return Object.entries({ ...match.fields, ...match.metadata })
    .slice(0, FIELDS_MOST)
    .map(([, value]) => shownValue(value))
    .join(' · ');
}

function Column(props: {
  title: string;
  answer: SearchAnswer;
  lit: string | undefined;
  onLight: (id: string | undefined) => void;
  missed: (id: string) => boolean;
}): JSX.Element {
  return (
    <div class={styles['column']}>
      <div class={`${styles['head']} num`}>
        <h3>{props.title}</h3>
        <span>{micros(props.answer.stats.took_us)}</span>
        <span class="soft small">{text.search.visited(count(props.answer.stats.visited))}</span>
        <span class="soft small" title={text.search.paths[props.answer.stats.path]}>
          {props.answer.stats.path}
        </span>
      </div>
      <Show when={props.answer.matches.length > 0} fallback={<Empty>{text.search.noMatch}</Empty>}>
        <ol>
          <For each={props.answer.matches}>
            {(match, i) => (
              <li
                class={styles['match']}
                classList={{
                  [styles['missed'] ?? '']: props.missed(match.id),
                  [styles['lit'] ?? '']: props.lit === match.id,
                }}
                title={props.missed(match.id) ? text.search.missed : undefined}
                onMouseEnter={() => props.onLight(match.id)}
                onMouseLeave={() => props.onLight(undefined)}
              >
                <span class={`${styles['rank']} num`}>{i() + 1}</span>
                <span class={styles['what']}>
                  <span class={`${styles['id']} mono`}>{match.id}</span>
                  <span class={styles['fields']}>{fieldsOf(match)}</span>
                </span>
                <span class="num" title={text.search.score}>
                  {match.score.toFixed(4)}
                </span>
              </li>
            )}
          </For>
        </ol>
      </Show>
    </div>
  );
}
