// A button with a small panel. The panel's machinery (Radix) loads on first use.
import { type ReactElement, type ReactNode, cloneElement } from 'react';
import type { TriggerProps } from './Menu';
import { onDemand } from './onDemand';

export interface PopoverProps {
  label: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  trigger: ReactElement<TriggerProps>;
  children: ReactNode;
}

const useContent = onDemand(async () => (await import('./PopoverContent')).PopoverContent);

export function Popover(props: PopoverProps) {
  const { part: Content, prepare, want } = useContent();
  if (Content !== undefined) return <Content {...props} />;
  return cloneElement(props.trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
    onPointerEnter: prepare,
    onFocus: prepare,
    onClick: () => {
      props.onOpenChange(true);
      want();
    },
  });
}
