import type { JSX } from 'solid-js';
import type { Stats } from '../../api/types';
import { bytes, count, duration, NONE, short } from '../../lib/format';
import { Pill } from '../../parts/Controls';
import { Meter } from '../../parts/DataTable';
import { Facts } from '../../parts/Facts';
import { Halves } from '../../parts/Grid';
import { Panel } from '../../parts/Panel';
import { ShareBar, type Share } from '../../parts/ShareBar';
import { text } from '../../text';
import styles from './Resources.module.css';

const COLOURS = [
  '--series-1',
  '--series-2',
  '--series-3',
  '--series-5',
  '--series-6',
  '--series-4',
  '--series-7',
  '--series-8',
];

/** Of the budget; mapped files are not. */
const UNBUDGETED = 'mapped';

function shares(stats: Stats): Share[] {
  return Object.entries(stats.memory.components)
    .filter(([name]) => name !== UNBUDGETED)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value], i) => ({
      label: text.overview.parts[name] ?? name,
      value,
      colour: COLOURS[i] ?? '--series-rest',
    }));
}

const DISK_TONES = { ok: 'good', low: 'warn', full: 'bad', read_only: 'bad' } as const;

/** Memory against its budget, the disk, the log, and how whole the files are. */
export function Resources(props: { stats: Stats }): JSX.Element {
  const { overview } = text;
  return (
    <Halves>
      <Panel
        title={overview.memory}
        note={overview.memoryOf(bytes(props.stats.memory.used_bytes), bytes(props.stats.memory.budget_bytes))}
      >
        <Meter
          share={props.stats.memory.used_bytes / Math.max(1, props.stats.memory.budget_bytes)}
          label={overview.memoryOf(
            bytes(props.stats.memory.used_bytes),
            bytes(props.stats.memory.budget_bytes),
          )}
        />
        <p class={styles['note']}>{overview.memoryNote}</p>
        <ShareBar
          label={`${overview.memory}, ${overview.memoryNote}`}
          shares={shares(props.stats)}
          whole={shares(props.stats).reduce((sum, share) => sum + share.value, 0)}
          format={bytes}
        />
      </Panel>
      <Panel title={overview.process} note={`${overview.uptime} ${duration(props.stats.uptime_s)}`}>
        <Facts
          facts={[
            [
              overview.disk,
              <>
                {overview.diskFree(bytes(props.stats.disk.free_bytes))}{' '}
                <Pill tone={DISK_TONES[props.stats.disk.state]}>
                  {overview.diskStates[props.stats.disk.state]}
                </Pill>
              </>,
            ],
            [
              overview.log,
              `${overview.logBytes(bytes(props.stats.log.bytes))}, ${overview.logLag.toLowerCase()} ${
                props.stats.log.lag === 0 ? overview.logNone : overview.logRecords(count(props.stats.log.lag))
              }`,
            ],
            [
              overview.files,
              <>
                {overview.scrubbed(props.stats.scrub.rounds, bytes(props.stats.scrub.bytes))}{' '}
                <Pill tone={props.stats.scrub.damaged_files.length === 0 ? 'good' : 'bad'}>
                  {props.stats.scrub.damaged_files.length === 0
                    ? overview.filesWhole
                    : overview.filesDamaged(props.stats.scrub.damaged_files.length)}
                </Pill>
              </>,
            ],
            [
              overview.heap,
              overview.memoryOf(
                bytes(props.stats.memory.heap_used_bytes),
                bytes(props.stats.memory.heap_max_bytes),
              ),
            ],
            [
              overview.resident,
              props.stats.memory.resident_bytes === undefined
                ? NONE
                : bytes(props.stats.memory.resident_bytes),
            ],
            [overview.mapped, bytes(props.stats.memory.components[UNBUDGETED] ?? 0)],
            [overview.errors, `${short(props.stats.errors_per_s)}${overview.perSecond}`],
          ]}
        />
      </Panel>
    </Halves>
  );
}
