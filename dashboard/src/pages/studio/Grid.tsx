// The widgets of a report where they stand. While it is edited they are moved and resized: with the pointer, with arrow
// keys on a widget's handles, or from its menu.
import { type CSSProperties, type KeyboardEvent, useState } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { WidgetBody } from './WidgetBody';
import { WidgetTools } from './WidgetTools';
import { type Act, type Box, type Direction, GAP_PX, ROW_PX, inOrder, step } from './grid';
import type { Params } from './params';
import type { Look, Widget } from './report';
import { studioTexts } from './texts';
import { useDrag } from './useDrag';

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
/** What may be longer than its widget is scrolled, also by keyboard. */
const SCROLLS: ReadonlySet<Look> = new Set<Look>(['bars', 'pie', 'table', 'text']);
/** What a widget's head, a chart's legend and its axis take. */
const AROUND_PX = 118;

interface Props {
  widgets: readonly Widget[];
  layout: readonly Box[];
  params: Params;
  editing: boolean;
  onLayout: (layout: Box[]) => void;
  onEdit: (widget: Widget) => void;
  onCopy: (widget: Widget) => void;
  onRemove: (widget: Widget) => void;
}

export function Grid(props: Props) {
  const { widgets, layout, params, editing, onLayout } = props;
  const t = useTexts(studioTexts);
  const drag = useDrag(layout, onLayout);
  const [said, setSaid] = useState('');
  const shown = drag.shown ?? layout;

  function press(act: Act, id: string, event: KeyboardEvent) {
    const direction = DIRECTIONS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    take(act, id, direction);
  }

  function take(act: Act, id: string, direction: Direction) {
    const next = step(layout, id, act, direction);
    onLayout(next);
    const box = next.find(({ i }) => i === id);
    if (box === undefined) return;
    setSaid(t('placed', { column: box.x + 1, row: box.y + 1, wide: box.w, high: box.h }));
  }

  return (
    <>
      <div ref={drag.grid} className="studio-grid" data-editing={editing || undefined}>
        {inOrder(layout).map(({ i }) => {
          const widget = widgets.find(({ id }) => id === i);
          const box = shown.find((each) => each.i === i);
          if (widget === undefined || box === undefined) return null;
          const title = widget.title || t('untitled');
          const high = box.h * (ROW_PX + GAP_PX) - GAP_PX;
          const scrolling = { tabIndex: 0, role: 'group', 'aria-label': t('contentOf', { title }) };
          return (
            <div
              key={i}
              role="group"
              className="panel widget"
              aria-label={title}
              data-look={widget.viz}
              data-dragged={drag.dragged === i || undefined}
              style={
                {
                  gridColumn: `${box.x + 1} / span ${box.w}`,
                  gridRow: `${box.y + 1} / span ${box.h}`,
                  '--high': `${high}px`,
                } as CSSProperties
              }
            >
              {(widget.title !== '' || editing) && (
                <header className="widget-head">
                  {editing && (
                    <button
                      type="button"
                      className="widget-move"
                      aria-label={t('moveWidget', { title })}
                      title={t('moveHelp')}
                      onKeyDown={(event) => press('move', i, event)}
                      {...drag.handlers('move', i)}
                    >
                      <Icon name="more" />
                    </button>
                  )}
                  <h2>{title}</h2>
                  {editing && (
                    <WidgetTools
                      title={title}
                      layout={layout}
                      id={i}
                      onStep={(act, direction) => take(act, i, direction)}
                      onEdit={() => props.onEdit(widget)}
                      onCopy={() => props.onCopy(widget)}
                      onRemove={() => props.onRemove(widget)}
                    />
                  )}
                </header>
              )}
              <div className="widget-body" {...(SCROLLS.has(widget.viz) ? scrolling : {})}>
                <WidgetBody
                  widget={widget}
                  params={params}
                  height={Math.max(60, high - AROUND_PX)}
                />
              </div>
              {editing && (
                <button
                  type="button"
                  className="widget-resize"
                  aria-label={t('resizeWidget', { title })}
                  title={t('resizeHelp')}
                  onKeyDown={(event) => press('resize', i, event)}
                  {...drag.handlers('resize', i)}
                />
              )}
            </div>
          );
        })}
      </div>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}
