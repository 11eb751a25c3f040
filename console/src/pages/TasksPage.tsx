import { createSignal, onCleanup, Show, type JSX } from 'solid-js';
import { messageOf } from '../api/http';
import { beginBackup, controlTask, watchTasks, type Task, type TaskAction } from '../api/tasks';
import { clock } from '../lib/format';
import { Button } from '../parts/Controls';
import { Page } from '../parts/Grid';
import { Keyed } from '../parts/Keyed';
import { Panel } from '../parts/Panel';
import { Awaited, Empty } from '../parts/States';
import { TaskRow } from '../parts/TaskRow';
import { text } from '../text';

const OPEN: Task['state'][] = ['running', 'paused', 'waiting'];
const isOpen = (task: Task): boolean => OPEN.includes(task.state);

/** Work that takes a while, as it goes on. */
export function TasksPage(): JSX.Element {
  const { tasks, connection } = watchTasks();
  const [message, setMessage] = createSignal<string>();
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), 1_000);
  onCleanup(() => clearInterval(timer));

  const during = async (work: Promise<unknown>): Promise<void> => {
    setMessage(undefined);
    await work.catch((thrown: unknown) => setMessage(messageOf(thrown)));
  };
  const act = (id: string, action: TaskAction): void => void during(controlTask(id, action));

  return (
    <Page
      title={text.tasks.title}
      name={text.tasks.title}
      side={
        <>
          <span class="soft small" role="status">
            {message()}
          </span>
          <Button onClick={() => void during(beginBackup())}>{text.tasks.backup}</Button>
        </>
      }
    >
      <Awaited
        value={tasks()}
        error={connection() === 'lost' ? text.connection.lostLong : undefined}
        lines={6}
      >
        {(all) => (
          <>
            <Panel title={text.tasks.underWay} flush>
              <TaskList tasks={all().filter(isOpen)} now={now()} empty={text.tasks.nothing} onAction={act} />
            </Panel>
            <Panel title={text.tasks.over} flush>
              <TaskList
                tasks={all().filter((task) => !isOpen(task))}
                now={now()}
                empty={text.tasks.nothingOver}
                onAction={act}
              />
            </Panel>
            <p class="faint small">{text.tasks.noActions}</p>
          </>
        )}
      </Awaited>
    </Page>
  );
}

function TaskList(props: {
  tasks: Task[];
  now: number;
  empty: string;
  onAction: (id: string, action: TaskAction) => void;
}): JSX.Element {
  return (
    <Show when={props.tasks.length > 0} fallback={<Empty>{props.empty}</Empty>}>
      <Keyed each={props.tasks} by={(task) => task.id}>
        {(task) => (
          <TaskRow
            task={task()}
            now={props.now}
            clock={clock}
            onAction={(action) => props.onAction(task().id, action)}
          />
        )}
      </Keyed>
    </Show>
  );
}
