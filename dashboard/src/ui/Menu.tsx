// A button with a menu. The menu itself (Radix, with its keyboard handling) loads on first use.
import { type ReactElement, type Ref, type SyntheticEvent, cloneElement } from 'react';
import { onDemand } from './onDemand';

export interface MenuAction {
  text: string;
  onSelect: () => void;
  /** What cannot be done at the moment; it can unless told. */
  disabled?: boolean;
}

export type MenuSection =
  | { kind: 'label'; text: string }
  | ({ kind: 'action' } & MenuAction)
  | { kind: 'actions'; label: string; actions: readonly MenuAction[] }
  | {
      kind: 'choice';
      label: string;
      value: string;
      options: readonly { value: string; label: string }[];
      onChange: (value: string) => void;
    };

export interface TriggerProps {
  ref?: Ref<HTMLButtonElement>;
  'aria-haspopup'?: 'menu' | 'dialog';
  'aria-expanded'?: boolean;
  onPointerEnter?: () => void;
  onFocus?: () => void;
  onClick?: () => void;
  onKeyDown?: (event: SyntheticEvent & { key: string }) => void;
}

export interface MenuProps {
  trigger: ReactElement<TriggerProps>;
  sections: readonly MenuSection[];
  align?: 'start' | 'end';
}

const useContent = onDemand(async () => (await import('./MenuContent')).MenuContent);

export function Menu(props: MenuProps) {
  const { part: Content, prepare, want } = useContent();
  if (Content !== undefined) return <Content {...props} />;
  return cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: prepare,
    onFocus: prepare,
    onClick: want,
    onKeyDown: (event) => {
      if (event.key === 'ArrowDown') want();
    },
  });
}
