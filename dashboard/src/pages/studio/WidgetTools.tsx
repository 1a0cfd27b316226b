// What can be done with a widget while its report is edited. All that dragging does is also here: not everybody can drag.
import { useTexts } from '../../i18n/catalogue';
import { IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Menu, type MenuSection } from '../../ui/Menu';
import { useMedia } from '../../ui/useMedia';
import { type Act, type Box, type Direction, canStep } from './grid';
import { studioTexts } from './texts';

const MOVES = [
  ['left', 'moveLeft'],
  ['right', 'moveRight'],
  ['up', 'moveUp'],
  ['down', 'moveDown'],
] as const;
const SIZES = [
  ['right', 'wider'],
  ['left', 'narrower'],
  ['down', 'taller'],
  ['up', 'shorter'],
] as const;

interface Props {
  title: string;
  layout: readonly Box[];
  id: string;
  onStep: (act: Act, direction: Direction) => void;
  onEdit: () => void;
  onCopy: () => void;
  onRemove: () => void;
}

export function WidgetTools({ title, layout, id, onStep, onEdit, onCopy, onRemove }: Props) {
  const t = useTexts(studioTexts);
  // There widgets stand one below the other, and have no handles either.
  const phone = useMedia('(max-width: 760px)');
  const steps = (label: string, act: Act, entries: typeof MOVES | typeof SIZES): MenuSection => ({
    kind: 'actions',
    label,
    actions: entries.map(([direction, text]) => ({
      text: t(text),
      disabled: !canStep(layout, id, act, direction),
      onSelect: () => onStep(act, direction),
    })),
  });
  const arrange = [
    steps(t('moveWidget', { title }), 'move', MOVES),
    steps(t('resizeWidget', { title }), 'resize', SIZES),
  ];
  return (
    <span className="widget-tools">
      <IconButton label={t('editWidget', { title })} onClick={onEdit}>
        <Icon name="edit" />
      </IconButton>
      <Menu
        align="end"
        trigger={
          <IconButton label={t('widgetMenu', { title })}>
            <Icon name="down" />
          </IconButton>
        }
        sections={[
          ...(phone ? [] : arrange),
          { kind: 'action', text: t('copyWidget'), onSelect: onCopy },
          { kind: 'action', text: t('removeWidget'), onSelect: onRemove },
        ]}
      />
    </span>
  );
}
