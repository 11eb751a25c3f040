import { describe, expect, test } from 'vitest';
import { pipelineOf, summaryOf } from '../testdata';
import {
  bytesOf,
  hexOf,
  nextAttempt,
  pipelineFindings,
  pipelineHealth,
  pipelineHealthOf,
  stagesOf,
  startsOf,
} from './pipelines';

const words = (text: string | undefined): string => (text ?? '').replaceAll(/\s/g, ' ');
const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('the state of a pipeline', () => {
  test('that runs is told with its rate, its freshness and what waits', () => {
    const { level, sentence } = pipelineHealthOf(summaryOf({ lag: 40 }));
    expect(level).toBe('good');
    expect(words(sentence)).toBe(
      'Running: 120 events a second. 99 % of them are searchable within 20 ms. 40 wait.',
    );
  });

  test('that is idle is well', () => {
    const health = pipelineHealthOf(summaryOf({ received_per_s: 0 }));
    expect(health.level).toBe('good');
    expect(health.sentence).toContain('No event comes now.');
  });

  test('that is broken is told with its reason, the next attempt and what to do', () => {
    const broken = summaryOf({
      state: 'broken',
      reason: 'sink: table: users (expected: one)',
      next_attempt: '2026-01-01T00:00:12Z',
    });
    const health = pipelineHealth(broken, undefined, NOW);
    expect(health.level).toBe('bad');
    expect(words(health.findings[0]?.what)).toBe(
      'sink: table: users (expected: one) The next attempt is in 12 s.',
    );
    expect(health.findings[0]?.advice).toContain('Put right');
    expect(nextAttempt(broken, NOW + 12_000)).toBe('The next attempt is under way.');
  });

  test('that somebody paused needs nobody, and is told with who and what to do', () => {
    const paused = summaryOf({ state: 'paused', reason: 'by anna' });
    const health = pipelineHealth(paused, undefined, NOW);
    expect(health.findings).toEqual([]);
    expect(health.sentence).toMatch(/^Paused by anna since .* Resume it\./);
    expect(pipelineFindings(paused, NOW)).toEqual([]);
  });

  test('is not known to be well while the server does not answer', () => {
    const health = pipelineHealth(summaryOf({}), 'the server does not answer', NOW);
    expect(health.level).toBe('bad');
  });
});

describe('findings', () => {
  test('there is none while all is well', () => {
    expect(pipelineFindings(summaryOf({}), NOW)).toEqual([]);
  });

  test('dead letters, lag and slow events are told, each with its page', () => {
    const found = pipelineFindings(
      summaryOf({
        name: 'a b',
        dead_lettered_per_s: 60,
        lag: 1_000_000,
        searchable_after: { p50_us: 1, p99_us: 1_500_000, samples: 500 },
        since: '2025-12-31T23:00:00Z',
      }),
      NOW,
    );
    expect(found.map(({ what }) => words(what))).toEqual([
      'Pipeline a b cannot process 50 % of its events, and puts them aside.',
      'Pipeline a b falls behind: 1,000,000 events wait.',
      'Pipeline a b is slow: one event in a hundred is searchable only after 1.5 s.',
    ]);
    expect(found.every(({ path }) => path === '/console/pipelines/a%20b')).toBe(true);
  });

  test('a rare dead letter, and what is worked off within a minute, are not', () => {
    expect(pipelineFindings(summaryOf({ dead_lettered_per_s: 1, lag: 5_000 }), NOW)).toEqual([]);
  });

  test('slow events of a pipeline that has only just begun are not', () => {
    const slow = { p50_us: 1, p99_us: 1_500_000, samples: 500 };
    const began = { searchable_after: slow, since: '2025-12-31T23:59:00Z' };
    expect(pipelineFindings(summaryOf(began), NOW)).toEqual([]);
  });
});

describe('the flow', () => {
  test('has a stage for source, each step and table, and what is on the edges between', () => {
    const stages = stagesOf(pipelineOf({ lag: 40 }));
    expect(stages.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'source kafka',
      'step decode',
      'step 1 filter',
      'step write',
      'table users',
    ]);
    expect(stages.map(({ edge }) => edge?.waiting)).toEqual([28, 5, 7, 0, undefined]);
    expect(stages.map(({ edge }) => edge?.retries)).toEqual([0, 2, 0, 0, undefined]);
    expect(stages.map(({ edge }) => edge?.perSecond)).toEqual([120, 120, 120, 100, undefined]);
    expect(stages[1]?.rejected).toBe(3);
    expect(stages[2]?.dropped).toBe(100);
    expect(stages[2]?.note).toBe('lets matching events pass');
  });

  test('of a pipeline without steps waits at writing', () => {
    const { steps } = pipelineOf({});
    const stages = stagesOf(pipelineOf({ steps: [steps[0]!, steps[2]!] }));
    expect(stages.map(({ edge }) => edge?.waiting)).toEqual([0, 7, 0, undefined]);
  });

  test('of a pipeline that was never opened is its source and its table', () => {
    expect(stagesOf(pipelineOf({ steps: [] })).map(({ kind }) => kind)).toEqual(['source', 'table']);
  });
});

test('a source is begun anew where it can be', () => {
  expect(startsOf('push')).toEqual(['latest']);
  expect(startsOf('file events.jsonl')).toEqual(['earliest', 'latest']);
  expect(startsOf('kafka clicks on localhost:9092')).toEqual(['earliest', 'latest', 'time']);
});

test('an event is shown as its bytes were', () => {
  const letter = {
    at: '',
    step: 'decode',
    code: 'MALFORMED',
    message: '',
    topic: 't',
    partition: 0,
    offset: 0,
    taken_at: '',
  };
  expect([...bytesOf({ ...letter, event: 'é' })]).toEqual([0xc3, 0xa9]);
  expect([...bytesOf({ ...letter, event_base64: '/wA=' })]).toEqual([255, 0]);
  const hex = hexOf(new TextEncoder().encode('abcdefghijklmnopqr\n'), 18);
  expect(hex).toBe(
    `000000  61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70  abcdefghijklmnop\n000010  71 72${' '.repeat(44)}qr`,
  );
});
