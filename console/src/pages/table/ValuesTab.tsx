import { For, Show, type JSX } from 'solid-js';
import { ask } from '../../api/ask';
import { getDistribution, type Distribution, type FieldProfile, type Histogram } from '../../api/survey';
import { clock, count, percent, short } from '../../lib/format';
import { shownValue } from '../../lib/words';
import { Bins, Tops } from '../../parts/Bars';
import { Thirds } from '../../parts/Grid';
import { Panel } from '../../parts/Panel';
import { Awaited, Empty } from '../../parts/States';
import { text } from '../../text';

const SAMPLE = 2_000;
const TOPS = 8;

/** Norms that differ by less differ by how floats are rounded. */
const SAME = 1e-4;

/** How the values of fields and the norms of vectors are spread. */
export function ValuesTab(props: { table: string }): JSX.Element {
  const distribution = ask(() => getDistribution(props.table, SAMPLE));
  return (
    <Awaited
      value={distribution.value()}
      error={distribution.error()}
      lines={12}
      onRetry={() => void distribution.ask()}
    >
      {(some) => (
        <Show when={some().sampled > 0} fallback={<Empty>{text.values.empty}</Empty>}>
          <p class="soft">{text.values.sampled(count(some().sampled), count(some().row_count))}</p>
          <Norms of={some()} />
          <Profiles of={some()} profiles={some().fields} title={text.values.fields} />
          <Profiles of={some()} profiles={some().metadata} title={text.values.metadata} />
        </Show>
      )}
    </Awaited>
  );
}

function Norms(props: { of: Distribution }): JSX.Element {
  return (
    <Show when={Object.keys(props.of.vectors).length > 0}>
      <h2>{text.values.norms}</h2>
      <Thirds>
        <For each={Object.entries(props.of.vectors)}>
          {([name, vector]) => (
            <Panel title={name} note={text.values.present(percent(vector.present / props.of.sampled))}>
              <Show when={vector.norm} fallback={<p class="soft">{text.values.none}</p>}>
                {(norm) => (
                  <Show
                    when={norm().max - norm().min > SAME * norm().max}
                    fallback={<p class="soft num">{text.values.unit(short(norm().mean))}</p>}
                  >
                    <Spread label={name} histogram={norm()} format={short} />
                  </Show>
                )}
              </Show>
            </Panel>
          )}
        </For>
      </Thirds>
    </Show>
  );
}

function Profiles(props: {
  of: Distribution;
  profiles: Record<string, FieldProfile>;
  title: string;
}): JSX.Element {
  return (
    <Show when={Object.keys(props.profiles).length > 0}>
      <h2>{props.title}</h2>
      <Thirds>
        <For each={Object.entries(props.profiles)}>
          {([name, profile]) => <Profile name={name} profile={profile} sampled={props.of.sampled} />}
        </For>
      </Thirds>
    </Show>
  );
}

function Profile(props: { name: string; profile: FieldProfile; sampled: number }): JSX.Element {
  const isTime = (): boolean => props.profile.type === 'timestamp';
  const format = (value: number): string =>
    isTime() ? `${new Date(value).toISOString().slice(0, 10)} ${clock(value)}` : short(value);
  const isUnique = (): boolean =>
    props.profile.distinct >= props.profile.present && props.profile.present > TOPS;
  const tops = (): { name: string; share: number; value: string }[] =>
    props.profile.top.slice(0, TOPS).map((top) => ({
      name: shownValue(top.value),
      share: top.count / Math.max(1, props.profile.present),
      value: percent(top.count / Math.max(1, props.profile.present)),
    }));
  const note = (): string =>
    `${props.profile.type ?? ''} · ${text.values.present(percent(props.profile.present / props.sampled))} · ${text.values.distinct(count(props.profile.distinct))}`.replace(
      /^ · /,
      '',
    );
  return (
    <Panel title={props.name} note={note()}>
      <Show when={props.profile.present > 0} fallback={<p class="soft">{text.values.none}</p>}>
        <Show
          when={props.profile.histogram}
          fallback={
            <Show when={!isUnique()} fallback={<p class="soft">{text.values.allDifferent}</p>}>
              <Tops rows={tops()} />
            </Show>
          }
        >
          {(histogram) => <Spread label={props.name} histogram={histogram()} format={format} />}
        </Show>
      </Show>
    </Panel>
  );
}

function Spread(props: {
  label: string;
  histogram: Histogram;
  format: (value: number) => string;
}): JSX.Element {
  const quantiles = (): string =>
    text.values.quantiles(
      props.format(props.histogram.p5),
      props.format(props.histogram.p50),
      props.format(props.histogram.p95),
    );
  return (
    <>
      <Bins
        label={`${props.label}: ${quantiles()}`}
        counts={props.histogram.counts}
        low={props.format(props.histogram.min)}
        high={props.format(props.histogram.max)}
      />
      <p class="faint small num">{quantiles()}</p>
    </>
  );
}
