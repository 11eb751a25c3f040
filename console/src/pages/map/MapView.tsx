import { createMemo, createResource, createSignal, Show, type JSX } from 'solid-js';
import { messageOf } from '../../api/http';
import { search } from '../../api/search';
import type { MapLayout, VectorMap } from '../../api/survey';
import { getRow } from '../../api/tables';
import type { Match, Row } from '../../api/types';
import { colouringOf, GROUP_COLOURS, REST_COLOUR, shareOf, slotOf, type Colouring } from '../../lib/colours';
import type { Dot } from '../../lib/dots';
import { count, percent } from '../../lib/format';
import { shownValue } from '../../lib/words';
import { Panel } from '../../parts/Panel';
import { Scatter } from '../../parts/Scatter';
import { Empty } from '../../parts/States';
import { text } from '../../text';
import styles from '../MapPage.module.css';
import { Legend } from './Legend';
import { Neighbours } from './Neighbours';

const NEIGHBOURS = 10;
const TIP_FIELDS = 5;

/** The rows that were pointed at, as long as the map is shown. */
function createRows(table: () => string): (id: string) => Promise<Row | string> {
  const known = new Map<string, Promise<Row | string>>();
  return (id) => {
    const key = `${table()}/${id}`;
    const row = known.get(key) ?? getRow(table(), id).catch((thrown: unknown) => messageOf(thrown));
    known.set(key, row);
    return row;
  };
}

/** A map: its points, their legend, and the neighbours of the one that was chosen. */
export function MapView(props: {
  table: string;
  map: VectorMap;
  layout: string;
  controls: JSX.Element;
}): JSX.Element {
  const [chosen, setChosen] = createSignal<string>();
  const rowOf = createRows(() => props.table);
  const slot = (): number =>
    Math.max(
      0,
      props.map.layouts.findIndex((layout) => layout.name === props.layout),
    );
  const layout = (): MapLayout | undefined => props.map.layouts[slot()];
  const colouring = createMemo<Colouring>(() => colouringOf(props.map.points.map((point) => point.color)));
  const colour = (value: Parameters<typeof slotOf>[1]): string => {
    const how = colouring();
    if (how.kind === 'range') {
      const share = Math.round(shareOf(how, value) * 100);
      return value === null ? REST_COLOUR : `color-mix(in oklab, var(--series-2) ${share}%, var(--series-5))`;
    }
    return how.kind === 'none' ? GROUP_COLOURS[0] : (GROUP_COLOURS[slotOf(how, value)] ?? REST_COLOUR);
  };
  const others = (): number => {
    const how = colouring();
    const named = how.kind === 'groups' ? how.groups.reduce((sum, group) => sum + group.count, 0) : 0;
    return props.map.points.length - named;
  };
  const dots = createMemo<Dot[]>(() =>
    props.map.points.map((point) => ({
      id: point.id,
      x: point.at[2 * slot()] ?? 0,
      y: point.at[2 * slot() + 1] ?? 0,
      colour: colour(point.color),
    })),
  );
  const [near] = createResource(chosen, async (id): Promise<{ matches?: Match[]; error?: string }> => {
    const query = { table: props.table, field: props.map.field, target: { id }, k: NEIGHBOURS };
    return search({ ...query, effort: { kind: 'recall', value: 0.95 } })
      .then(({ matches }) => ({ matches }))
      .catch((thrown: unknown) => ({ error: messageOf(thrown) }));
  });
  const lit = createMemo(() => new Set(chosen() ? near.latest?.matches?.map((match) => match.id) : []));
  const shown = createMemo(() => new Set(props.map.points.map((point) => point.id)));

  return (
    <div class={styles['layout']}>
      <Panel
        title={props.table}
        note={text.map.label(count(props.map.sampled), count(props.map.row_count))}
        flush
      >
        <Show when={props.map.points.length > 1} fallback={<Empty>{text.map.tooFew}</Empty>}>
          <Facts layout={layout()} tookMs={props.map.took_ms} />
          <Scatter
            label={`${props.table}: ${layout()?.method ?? ''}`}
            dots={dots()}
            lit={lit()}
            chosen={chosen()}
            tip={(id) => <Tip id={id} row={rowOf(id)} />}
            onPoint={() => {}}
            onChoose={setChosen}
          />
        </Show>
      </Panel>
      <div class={styles['side']}>
        {props.controls}
        <Legend colouring={colouring()} others={others()} />
        <Show when={chosen()} fallback={<p class="faint small">{text.map.hint}</p>}>
          {(id) => (
            <Neighbours
              id={id()}
              table={props.table}
              near={near.latest}
              isShown={(other) => shown().has(other)}
              onChoose={setChosen}
            />
          )}
        </Show>
      </div>
    </div>
  );
}

function Facts(props: { layout: MapLayout | undefined; tookMs: number }): JSX.Element {
  return (
    <p class={`${styles['facts']} num`}>
      <span>
        {text.map.method}: {props.layout?.method}
      </span>
      <span title={text.map.trustNote}>
        {text.map.trust}: {(props.layout?.trustworthiness_at_10 ?? 0).toFixed(3)}
      </span>
      <Show when={props.layout?.explained_variance !== undefined}>
        <span title={text.map.varianceNote}>
          {text.map.variance}: {percent(props.layout?.explained_variance ?? 0)}
        </span>
      </Show>
      <span>
        {text.map.took} {(props.tookMs / 1000).toFixed(1)} s
      </span>
    </p>
  );
}

function Tip(props: { id: string; row: Promise<Row | string> }): JSX.Element {
  const [row] = createResource(() => props.row);
  const fields = (some: Row): [string, string][] =>
    Object.entries({ ...some.fields, ...some.metadata })
      .slice(0, TIP_FIELDS)
      .map(([name, value]) => [name, shownValue(value)]);
  return (
    <>
      <div class="mono">{props.id}</div>
      <Show when={row.latest} keyed>
        {(some) =>
          typeof some === 'string'
            ? some
            : fields(some).map(([name, value]) => (
                <div>
                  <span class="faint">{name}</span> {value}
                </div>
              ))
        }
      </Show>
    </>
  );
}
