// Menus on Radix, never modal: a modal one would lock scrolling with an injected style, which our
// content security policy refuses.
import * as Dropdown from '@radix-ui/react-dropdown-menu';
import { useCommon } from '../i18n/common';
import { Icon } from './Icon';
import type { MenuAction, MenuProps, MenuSection } from './Menu';

export function MenuContent({ trigger, sections, align = 'start' }: MenuProps) {
  const t = useCommon();
  return (
    <Dropdown.Root modal={false} defaultOpen>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        {/* Outside all landmarks of the page: it brings one of its own, while it is open. */}
        <div role="region" aria-label={t('menu')}>
          <Dropdown.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
            {sections.map((section, index) => (
              <Section key={index} section={section} first={index === 0} />
            ))}
          </Dropdown.Content>
        </div>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

function Section({ section, first }: { section: MenuSection; first: boolean }) {
  return (
    <>
      {!first && <Dropdown.Separator className="menu-separator" />}
      {section.kind === 'label' && (
        <Dropdown.Label className="menu-label">{section.text}</Dropdown.Label>
      )}
      {section.kind === 'action' && <Action {...section} />}
      {section.kind === 'actions' && (
        <Dropdown.Group aria-label={section.label}>
          {section.actions.map((action) => (
            <Action key={action.text} {...action} />
          ))}
        </Dropdown.Group>
      )}
      {section.kind === 'choice' && <Choice {...section} />}
    </>
  );
}

function Action({ text, onSelect, disabled = false }: MenuAction) {
  return (
    <Dropdown.Item className="menu-item" disabled={disabled} onSelect={onSelect}>
      <span className="menu-tick" />
      {text}
    </Dropdown.Item>
  );
}

function Choice({ label, value, options, onChange }: Extract<MenuSection, { kind: 'choice' }>) {
  return (
    <Dropdown.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      {options.map((option) => (
        <Dropdown.RadioItem key={option.value} value={option.value} className="menu-item">
          <span className="menu-tick">
            <Dropdown.ItemIndicator>
              <Icon name="check" />
            </Dropdown.ItemIndicator>
          </span>
          <span className="menu-text">{option.label}</span>
        </Dropdown.RadioItem>
      ))}
    </Dropdown.RadioGroup>
  );
}
