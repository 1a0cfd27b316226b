import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/Button';
import { Icon, type IconName } from '../../ui/Icon';

interface Props {
  text: string;
  icon?: IconName;
  look?: 'primary' | 'plain';
  disabled?: boolean;
  /** Makes it: a dialog. */
  children: (onClose: () => void) => ReactNode;
}

/** A button with the dialog behind it. */
export function Make({ text, icon = 'plus', look = 'primary', disabled = false, children }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look={look} disabled={disabled} onClick={() => setOpen(true)}>
        <Icon name={icon} />
        {text}
      </Button>
      {open && children(() => setOpen(false))}
    </>
  );
}
