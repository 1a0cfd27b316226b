// The widgets of a report where they stand. While it is edited they are moved and resized, with the pointer or with
// arrow keys on a widget's handles.
import { type CSSProperties, type KeyboardEvent, useState } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Menu } from '../../ui/Menu';
import { WidgetBody } from './WidgetBody';
import { type Box, type Direction, GAP_PX, ROW_PX, inOrder, move, resize } from './grid';
import type { Params } from './params';
import type { Look, Widget } from './report';
import { studioTexts } from './texts';
import { type Act, useDrag } from './useDrag';

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

  function step(act: Act, id: string, event: KeyboardEvent) {
    const direction = DIRECTIONS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const next = act === 'move' ? move(layout, id, direction) : resize(layout, id, direction);
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
                      onKeyDown={(event) => step('move', i, event)}
                      {...drag.handlers('move', i)}
                    >
                      <Icon name="more" />
                    </button>
                  )}
                  <h2>{title}</h2>
                  {editing && <WidgetMenu {...props} widget={widget} />}
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
                  onKeyDown={(event) => step('resize', i, event)}
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

function WidgetMenu({ widget, onEdit, onCopy, onRemove }: Props & { widget: Widget }) {
  const t = useTexts(studioTexts);
  const title = widget.title || t('untitled');
  return (
    <span className="widget-tools">
      <IconButton label={t('editWidget', { title })} onClick={() => onEdit(widget)}>
        <Icon name="edit" />
      </IconButton>
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button" aria-label={t('widgetMenu', { title })}>
            <Icon name="down" />
          </button>
        }
        sections={[
          { kind: 'action', text: t('copyWidget'), onSelect: () => onCopy(widget) },
          { kind: 'action', text: t('removeWidget'), onSelect: () => onRemove(widget) },
        ]}
      />
    </span>
  );
}
