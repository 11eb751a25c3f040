// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Task } from '../api/tasks';
import { stagesOf } from '../lib/pipelines';
import { pipelineOf } from '../testdata';
import { Confirm } from './Confirm';
import { DataTable } from './DataTable';
import { FilterInput } from './FilterInput';
import { Flow } from './Flow';
import { HealthBanner } from './HealthBanner';
import { isLike, Palette } from './Palette';
import { Awaited } from './States';
import { TaskRow } from './TaskRow';
import { VirtualRows } from './VirtualRows';

afterEach(cleanup);

describe('something that is asked for', () => {
  const shown = (
    value: string | undefined,
    error: string | undefined,
    onRetry = vi.fn(),
  ): ReturnType<typeof vi.fn> => {
    render(() => (
      <Awaited value={value} error={error} onRetry={onRetry}>
        {(some) => <p>{some()}</p>}
      </Awaited>
    ));
    return onRetry;
  };

  test('is loading at first', () => {
    shown(undefined, undefined);
    expect(screen.getByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  test('is there', () => {
    shown('here', undefined);
    expect(screen.getByText('here')).toBeTruthy();
  });

  test('failed, in the server’s words, and is tried again when asked', () => {
    const onRetry = shown(undefined, 'table: x (expected: one)');
    expect(screen.getByRole('alert').textContent).toContain('table: x (expected: one)');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledOnce();
  });

  test('stays while a later question fails', () => {
    shown('here', 'lost');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText('here')).toBeTruthy();
  });
});

test('the banner tells each finding with what to do', () => {
  render(() => (
    <HealthBanner
      health={{
        level: 'bad',
        sentence: 'One thing needs a person.',
        findings: [{ level: 'bad', what: 'disk: full', advice: 'Free space.', path: '/somewhere' }],
      }}
    />
  ));
  expect(screen.getByText('One thing needs a person.')).toBeTruthy();
  expect(screen.getByText(/What to do: Free space\./)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Look at it' }).getAttribute('href')).toBe('/somewhere');
});

test('a table sorts by a column, numbers from the top, and turns around', () => {
  const rows = [
    { name: 'a', size: 2 },
    { name: 'b', size: 30 },
    { name: 'c', size: 1 },
  ];
  render(() => (
    <DataTable
      label="t"
      rows={rows}
      keyOf={(row) => row.name}
      columns={[
        { name: 'Name', by: (row) => row.name, cell: (row) => row.name },
        { name: 'Size', isNumber: true, by: (row) => row.size, cell: (row) => row.size },
      ]}
    />
  ));
  const order = (): string[] =>
    screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent ?? '');
  fireEvent.click(screen.getByRole('button', { name: 'Size' }));
  expect(order()).toEqual(['b30', 'a2', 'c1']);
  fireEvent.click(screen.getByRole('button', { name: /Size/ }));
  expect(order()).toEqual(['c1', 'a2', 'b30']);
});

test('what cannot be undone asks for a word', () => {
  const onSubmit = vi.fn();
  render(() => (
    <Confirm
      title="Delete?"
      word="items"
      label="Type"
      submit="Delete it"
      isBusy={false}
      onSubmit={onSubmit}
      onClose={() => {}}
    >
      Gone.
    </Confirm>
  ));
  const button = screen.getByText<HTMLButtonElement>('Delete it');
  expect(button.disabled).toBe(true);
  fireEvent.input(screen.getByLabelText('Type'), { target: { value: 'items' } });
  expect(button.disabled).toBe(false);
  fireEvent.submit(button.closest('form')!);
  expect(onSubmit).toHaveBeenCalledOnce();
});

test('what can be undone asks without a word', () => {
  const onSubmit = vi.fn();
  render(() => (
    <Confirm title="Pause?" submit="Pause it" isBusy={false} onSubmit={onSubmit} onClose={() => {}}>
      Later.
    </Confirm>
  ));
  expect(screen.queryByRole('textbox', { hidden: true })).toBeNull();
  fireEvent.submit(screen.getByText('Pause it').closest('form')!);
  expect(onSubmit).toHaveBeenCalledOnce();
});

test('a flow draws each stage, and on its edges what waits, is tried again or stands still', () => {
  const circuits = { steps: { state: 'open' as const, retries: 2, waiting: 5 } };
  render(() => (
    <Flow
      label="flow"
      stages={stagesOf(pipelineOf({ circuits }))}
      letters={(step) => `?tab=letters&step=${step}`}
    />
  ));
  const stages = screen.getAllByRole('listitem').map((stage) => stage.textContent ?? '');
  expect(stages).toHaveLength(5);
  expect(stages[1]).toContain('decode');
  expect(stages[1]).toContain('120/s5 waiting2 retriesleft alone for now');
  expect(stages[2]).toContain('100 left out');
  expect(screen.getByRole('link', { name: '3 put aside' }).getAttribute('href')).toBe(
    '?tab=letters&step=decode',
  );
});

test('the palette goes where Enter says', () => {
  const onGo = vi.fn();
  const destinations = [
    { name: 'Overview', kind: 'page', path: '/' },
    { name: 'items', kind: 'table', path: '/console/tables/items' },
  ];
  render(() => <Palette destinations={destinations} onGo={onGo} onClose={() => {}} />);
  const input = screen.getByRole('combobox', { hidden: true });
  fireEvent.input(input, { target: { value: 'itm' } });
  fireEvent.keyDown(input, { key: 'Enter' });
  expect(onGo).toHaveBeenCalledWith('/console/tables/items');
  expect(isLike('Overview', 'ovw')).toBe(true);
  expect(isLike('Overview', 'wo')).toBe(false);
});

test('a filter is completed by keys', () => {
  const [value, setValue] = createSignal('');
  const words = { names: [{ name: 'city' }, { name: 'price' }], values: () => [] };
  render(() => <FilterInput value={value()} words={words} onInput={setValue} />);
  const input = screen.getByRole('combobox');
  fireEvent.keyDown(input, { key: ' ', ctrlKey: true });
  fireEvent.keyDown(input, { key: 'ArrowDown' });
  fireEvent.keyDown(input, { key: 'Enter' });
  expect(value()).toBe('{"price": }');
});

describe('a task', () => {
  const task = (change: Partial<Task>): Task => ({
    id: 'b',
    kind: 'backup',
    subject: 'all tables',
    state: 'running',
    step: 'copying',
    amount: { unit: 'bytes', done: 5e6, total: 2e7, per_second: 1e6 },
    started_at: '2026-01-01T00:00:00Z',
    remaining_s: 15,
    actions: ['pause', 'cancel'],
    lines: [],
    ...change,
  });
  const words = (): string => (document.body.textContent ?? '').replaceAll(/\s/g, ' ');

  test('tells how far, how fast and how long', () => {
    render(() => <TaskRow task={task({})} now={Date.parse('2026-01-01T00:00:05Z')} clock={String} />);
    expect(words()).toContain('5 MB of 20 MB');
    expect(words()).toContain('1 MB/s');
    expect(words()).toContain('about 15 s left');
  });

  test('of which nobody knows the end tells what is done', () => {
    const amount = { unit: 'rows', done: 12_000, total: 0, per_second: 400 };
    render(() => <TaskRow task={task({ kind: 'import', amount })} now={0} clock={String} />);
    expect(words()).toContain('12,000 rows');
    expect(words()).not.toContain('of 0');
    expect(screen.queryByRole('img')).toBeNull();
  });

  test('is paused, resumed and cancelled only where it can be', () => {
    const onAction = vi.fn();
    const shown = (change: Partial<Task>): (() => void) =>
      render(() => <TaskRow task={task(change)} now={0} clock={String} onAction={onAction} />).unmount;
    const unmount = shown({});
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull();
    unmount();
    const unmountPaused = shown({ state: 'paused', actions: ['resume', 'cancel'] });
    expect(words()).toContain('paused');
    fireEvent.click(screen.getByRole('button', { name: 'Resume' }));
    expect(onAction.mock.calls).toEqual([['pause'], ['cancel'], ['resume']]);
    unmountPaused();
    shown({ state: 'done', actions: [] });
    expect(screen.queryByRole('button')).toBeNull();
  });

  test('tells why it failed', () => {
    render(() => <TaskRow task={task({ state: 'failed', error: 'no room' })} now={0} clock={String} />);
    expect(words()).toContain('no room');
  });
});

test('of a million rows a few are drawn, and keys move among all', () => {
  const onSee = vi.fn();
  render(() => (
    <VirtualRows
      label="rows"
      count={1_000_000}
      columns={[{ name: 'id', width: '1fr', cell: (row: { at: number }) => `row ${row.at}` }]}
      row={(index) => ({ at: index })}
      onSee={onSee}
      onOpen={() => {}}
    />
  ));
  const view = screen.getByRole('rowgroup');
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
  fireEvent.keyDown(view, { key: 'End' });
  expect(screen.getByText('row 999999')).toBeTruthy();
  expect(onSee.mock.lastCall?.[1]).toBe(999_999);
  fireEvent.keyDown(view, { key: 'Home' });
  expect(screen.getByText('row 0')).toBeTruthy();
});
