import { createMemo, For, Show, type JSX } from 'solid-js';

/** A list whose items stay themselves when they are told anew: what is open in one stays open. */
export function Keyed<T>(props: {
  each: readonly T[];
  by: (item: T) => string;
  children: (item: () => T) => JSX.Element;
}): JSX.Element {
  const byKey = createMemo(() => new Map(props.each.map((item) => [props.by(item), item])));
  return (
    <For each={[...byKey().keys()]}>
      {(key) => <Show when={byKey().get(key)}>{(item) => props.children(item)}</Show>}
    </For>
  );
}
