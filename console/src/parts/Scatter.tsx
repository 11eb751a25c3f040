import { createEffect, createSignal, on, onCleanup, onMount, Show, type JSX } from 'solid-js';
import { moved, steeredBy, toPlane, toScreen, WHOLE, zoomed, type Camera, type Size } from '../lib/camera';
import { drawDots, type Dot } from '../lib/dots';
import { theme } from '../lib/theme';
import styles from './Scatter.module.css';

const REACH_PX = 14;
const TIP_PX = 14;

/** Beside a point, on the side where there is more room. */
function tipPlace(dot: Dot, size: Size, camera: Camera): JSX.CSSProperties {
  const [left, top] = toScreen(size, camera, dot.x, dot.y);
  return {
    top: `${Math.min(Math.max(8, top - TIP_PX), size.height - 120)}px`,
    ...(left > size.width / 2
      ? { right: `${size.width - left + TIP_PX}px` }
      : { left: `${left + TIP_PX}px` }),
  };
}

/** Points on a plane that can be pointed at, pressed, moved and come closer to. */
export function Scatter(props: {
  label: string;
  dots: Dot[];
  lit: ReadonlySet<string>;
  chosen: string | undefined;
  tip: (id: string) => JSX.Element;
  onPoint: (id: string | undefined) => void;
  onChoose: (id: string | undefined) => void;
}): JSX.Element {
  let wrap!: HTMLDivElement;
  let canvas!: HTMLCanvasElement;
  const [camera, setCamera] = createSignal<Camera>(WHOLE);
  const [size, setSize] = createSignal<Size>({ width: 300, height: 300 });
  const [pointed, setPointed] = createSignal<Dot>();
  let drag: { x: number; y: number; isMoved: boolean } | undefined;
  let frame = 0;

  const colours = new Map<string, string>();
  const colourOf = (name: string): string => {
    if (!name.startsWith('--')) return name;
    let colour = colours.get(name);
    if (colour === undefined) {
      wrap.style.color = `var(${name})`;
      colour = getComputedStyle(wrap).color;
      wrap.style.color = '';
      colours.set(name, colour);
    }
    return colour;
  };

  const draw = (): void => {
    frame = 0;
    const context = canvas.getContext('2d');
    if (context) {
      const { dots, lit, chosen } = props;
      drawDots(context, {
        size: size(),
        camera: camera(),
        dots,
        lit,
        chosen,
        pointed: pointed()?.id,
        colourOf,
      });
    }
  };
  const redraw = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };

  const nearest = (event: PointerEvent): Dot | undefined => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = toPlane(size(), camera(), event.clientX - box.left, event.clientY - box.top);
    const [x2] = toPlane(size(), camera(), event.clientX - box.left + REACH_PX, 0);
    let best: Dot | undefined;
    let least = (x2 - x) ** 2;
    for (const dot of props.dots) {
      const distance = (dot.x - x) ** 2 + (dot.y - y) ** 2;
      if (distance < least) {
        least = distance;
        best = dot;
      }
    }
    return best;
  };

  const point = (dot: Dot | undefined): void => {
    if (dot?.id !== pointed()?.id) {
      setPointed(dot);
      props.onPoint(dot?.id);
      redraw();
    }
  };
  const onMove = (event: PointerEvent): void => {
    if (drag) {
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (drag.isMoved || Math.hypot(dx, dy) > 3) {
        setCamera((now) => moved(size(), now, dx, dy));
        drag = { x: event.clientX, y: event.clientY, isMoved: true };
      }
    } else {
      point(nearest(event));
    }
  };
  const onUp = (event: PointerEvent): void => {
    if (drag && !drag.isMoved) props.onChoose(nearest(event)?.id);
    drag = undefined;
  };
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const factor = Math.exp(-event.deltaY / 400);
    setCamera((now) => zoomed(size(), now, event.clientX - box.left, event.clientY - box.top, factor));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steered = steeredBy(event.key, size(), camera());
    if (steered) setCamera(steered);
    else if (event.key === 'Escape') props.onChoose(undefined);
    else return;
    event.preventDefault();
  };

  onMount(() => {
    const resized = new ResizeObserver(() => setSize({ width: wrap.clientWidth, height: wrap.clientHeight }));
    resized.observe(wrap);
    canvas.addEventListener('wheel', onWheel, { passive: false });
    createEffect(
      on(theme, () => {
        colours.clear();
        redraw();
      }),
    );
    createEffect(on([() => props.dots, () => props.lit, () => props.chosen, camera, size], redraw));
    onCleanup(() => {
      resized.disconnect();
      cancelAnimationFrame(frame);
    });
  });

  return (
    <div ref={wrap} class={styles['wrap']}>
      <canvas
        ref={canvas}
        class={styles['canvas']}
        role="img"
        aria-label={props.label}
        tabindex="0"
        onPointerMove={onMove}
        onPointerDown={(event) => {
          drag = { x: event.clientX, y: event.clientY, isMoved: false };
          canvas.setPointerCapture(event.pointerId);
        }}
        onPointerUp={onUp}
        onPointerLeave={() => point(undefined)}
        onKeyDown={onKeyDown}
      />
      <Show when={pointed()}>
        {(dot) => (
          <div class={styles['tip']} style={tipPlace(dot(), size(), camera())}>
            {props.tip(dot().id)}
          </div>
        )}
      </Show>
    </div>
  );
}
