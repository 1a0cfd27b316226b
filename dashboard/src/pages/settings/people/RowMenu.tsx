import { IconButton } from '../../../ui/Button';
import { Icon } from '../../../ui/Icon';
import { Menu } from '../../../ui/Menu';

interface Action {
  text: string;
  onSelect: () => void;
}

/** What can be done with a row, behind three dots. */
export function RowMenu({ label, actions }: { label: string; actions: readonly Action[] }) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={label}>
          <Icon name="more" />
        </IconButton>
      }
      sections={actions.map((action) => ({ kind: 'action', ...action }))}
    />
  );
}
