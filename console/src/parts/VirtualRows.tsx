import { createMemo, createSignal, For, Index, onCleanup, onMount, Show, untrack, type JSX } from 'solid-js';
import { viewportOf, visible } from '../lib/viewport';
import styles from './VirtualRows.module.css';

const ROW_PX = 33;
const AROUND = 6;

export interface RowColumn<T> {
  name: string;
  width: string;
  cell(row: T): JSX.Element;
}

/**
 * A list of any length, of which only what is to be seen is drawn: a million rows are as quick as ten.
 * Rows that are not there yet are asked for and drawn as empty.
 */
export function VirtualRows<T>(props: {
  label: string;
  count: number;
  columns: readonly RowColumn<T>[];
  row: (index: number) => T | undefined;
  /** Told which rows are to be seen, whenever that changes. */
  onSee: (first: number, last: number) => void;
  onOpen: (row: T, index: number) => void;
  /** Set to move to a row. */
  goto?: { index: number } | undefined;
}): JSX.Element {
  let view!: HTMLDivElement;
  const [top, setTop] = createSignal(0);
  const [height, setHeight] = createSignal(400);
  const [barWidth, setBarWidth] = createSignal(0);
  const [selected, setSelected] = createSignal(-1);
  const port = createMemo(() => viewportOf(props.count, ROW_PX, height()));
  const most = (): number => Math.max(0, props.count * ROW_PX - height());
  const range = createMemo(() => visible(Math.min(top(), most()), height(), ROW_PX, props.count, AROUND));
  const indices = createMemo(() => {
    const { first, last } = range();
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });

  const moveTo = (position: number): void => {
    const clamped = Math.min(Math.max(0, position), most());
    setTop(clamped);
    view.scrollTop = clamped / port().scale;
    see();
  };
  const see = (): void => {
    const { first, last } = range();
    props.onSee(first, last);
  };

  /** What the bar says, unless it only repeats what was set. */
  const onScroll = (): void => {
    if (Math.abs(view.scrollTop - top() / port().scale) > 1) {
      setTop(view.scrollTop * port().scale);
      see();
    }
  };
  const onWheel = (event: WheelEvent): void => {
    if (port().scale > 1 && !event.ctrlKey) {
      event.preventDefault();
      moveTo(top() + event.deltaY);
    }
  };
  const select = (index: number): void => {
    const clamped = Math.min(Math.max(0, index), props.count - 1);
    setSelected(clamped);
    if (clamped * ROW_PX < top()) moveTo(clamped * ROW_PX);
    else if ((clamped + 1) * ROW_PX > top() + height()) moveTo((clamped + 1) * ROW_PX - height());
  };
  const open = (index: number): void => {
    const row = props.row(index);
    setSelected(index);
    if (row !== undefined) props.onOpen(row, index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height() / ROW_PX) - 1);
    const at = selected() < 0 ? Math.floor(top() / ROW_PX) - 1 : selected();
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: props.count - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      select(target);
    } else if (event.key === 'Enter' && selected() >= 0) {
      open(selected());
    }
  };

  onMount(() => {
    const resized = new ResizeObserver(() => {
      setHeight(Math.max(1, view.clientHeight));
      setBarWidth(view.offsetWidth - view.clientWidth);
      untrack(see);
    });
    resized.observe(view);
    view.addEventListener('wheel', onWheel, { passive: false });
    onCleanup(() => resized.disconnect());
    see();
  });
  createMemo(() => {
    const wanted = props.goto;
    if (wanted && view) untrack(() => (moveTo(wanted.index * ROW_PX), setSelected(wanted.index)));
  });

  const template = (): string => props.columns.map((column) => column.width).join(' ');
  return (
    <div class={styles['grid']} role="grid" aria-label={props.label} aria-rowcount={props.count}>
      <div
        class={styles['head']}
        role="row"
        style={{ 'grid-template-columns': template(), 'margin-right': `${barWidth()}px` }}
      >
        <For each={props.columns}>{(column) => <span role="columnheader">{column.name}</span>}</For>
      </div>
      <div
        ref={view}
        class={styles['view']}
        role="rowgroup"
        tabindex="0"
        aria-label={props.label}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div class={styles['space']} style={{ height: `${port().height}px` }}>
          <div class={styles['window']}>
            <Index each={indices()}>
              {(index) => (
                <div
                  class={styles['row']}
                  role="row"
                  aria-rowindex={index() + 1}
                  aria-selected={index() === selected()}
                  style={{
                    transform: `translateY(${index() * ROW_PX - Math.min(top(), most())}px)`,
                    height: `${ROW_PX}px`,
                    'grid-template-columns': template(),
                  }}
                  onClick={() => open(index())}
                >
                  <Show when={props.row(index())} fallback={<span class={styles['wait']} role="gridcell" />}>
                    {(row) => (
                      <For each={props.columns}>
                        {(column) => (
                          <span class={styles['cell']} role="gridcell">
                            {column.cell(row())}
                          </span>
                        )}
                      </For>
                    )}
                  </Show>
                </div>
              )}
            </Index>
          </div>
        </div>
      </div>
    </div>
  );
}
